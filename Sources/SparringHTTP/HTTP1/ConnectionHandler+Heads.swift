import NIOCore
import SparringExchange
import SparringWire

/// The time between head and body: applies the faults planned for this time, and chooses the destination of the body.
extension ConnectionHandler {
    /// Called when the head of a request has arrived.
    func begin(hasLongBody: Bool) {
        guard let head = assembler.head else { return }
        let plan = decider.responder.plan(for: head, hasLongBody: hasLongBody)
        let body = hasLongBody ? plan.body : .collect
        if case .collect = body, let problem = assembler.problem(limit: nil) { return reject(problem) }
        _ = advanceLast(
            .head(
                expectsContinue: assembler.expectsContinue, expectsBody: assembler.expectsBody, mayBlock: plan.mayBlock)
        )
        for (fault, strike) in plan.faults where phase == .serving { apply(fault, strike) }
        guard phase == .serving else { return }
        switch body {
        case .collect: break
        case .stream: stream()
        case .intake(let intake): take(with: intake)
        }
    }

    private func apply(_ fault: Fault, _ strike: RequestFaultAction) {
        let missed = obstacle(to: strike)
        assembler.strike(Request.Struck(fault, missed: missed))
        guard missed == nil else { return }
        switch advanceLast(.fault(strike)) {
        case .answerEarly: answerEarly()
        case .delay(let wait):
            delay = channel.eventLoop.schedule(after: wait) {
                _ = self.advanceLast(.delayIsOver)
                self.sayContinue()
            }
        case .stall(let wait):
            updateReading()
            channel.eventLoop.schedule(after: wait) {
                _ = self.advanceLast(.stallIsOver)
                self.resume()
                self.updateReading()
            }
        default: break
        }
    }

    private func answerEarly() {
        let (head, timeline) = assembler.partial
        guard let head else { return }
        cancelDeadline()
        phase = .lastAnswers
        arrive(Arrival(received: .head(head), timeline: timeline))
    }

    private func take(with intake: any BodyIntake) {
        if let problem = assembler.problem(limit: intake.limit) { return reject(problem) }
        assembler.divert(limit: intake.limit)
        _ = advanceLast(.intake)
        diversion = .intake(UploadPump(intake, eventLoop: channel.eventLoop) { [weak self] in self?.updateReading() })
    }

    /// Answers the request when its turn comes, while its body is still arriving.
    private func stream() {
        assembler.divert(limit: .max)
        let (partial, timeline) = assembler.partial
        guard var request = partial else { return }
        let (eventLoop, handler) = (channel.eventLoop, NIOLoopBound(self, eventLoop: channel.eventLoop))
        let flow = StreamingBody { eventLoop.execute { handler.value.updateReading() } }
        diversion = .upload(flow)
        request.upload = flow
        _ = advanceLast(.stream)
        arrive(Arrival(received: .complete(request), timeline: timeline))
    }
}
