import NIOCore
import NIOHTTP1
import SparringExchange
import SparringWire

/// Between head and body: what is ordered for that time, and who takes the body.
extension ConnectionHandler {
    /// Has done what is ordered for the time before the body.
    func strike(_ head: HTTPRequestHead) {
        guard decider.responder.looksAtHead(head.uri, ordersFaults: head.headers.contains(name: "x-sparring-fault")),
            let request = assembler.partial.head
        else { return }
        for (fault, strike) in decider.responder.strikes(at: request) where phase == .serving {
            let missed = strike.obstacle(
                awaitsContinue: assembler.awaitsContinue, expectsBody: assembler.expectsBody)
            assembler.strike(Request.Struck(fault, missed: missed))
            if missed == nil { carryOut(strike) }
        }
    }

    private func carryOut(_ strike: RequestStrike) {
        switch strike {
        case .earlyAnswer, .refuseContinue: answerEarly()
        case .lateContinue(let wait):
            mayContinue = false
            after(wait) {
                self.mayContinue = true
                self.sayContinue()
            }
        case .stalledUpload(let wait):
            isUploadStalled = true
            updateReading()
            after(wait) {
                self.isUploadStalled = false
                self.channel.pipeline.fireUserInboundEventTriggered(InboundTap.Release())
                self.updateReading()
            }
        }
    }

    private func after(_ wait: Duration, _ task: @escaping () -> Void) {
        channel.eventLoop.assumeIsolated().scheduleTask(in: .nanoseconds(wait.wholeNanoseconds), task)
    }

    private func answerEarly() {
        let (head, timeline) = assembler.partial
        guard let head else { return }
        cancelDeadline()
        phase = .lastAnswers
        arrive(.early(head, timeline))
    }

    /// Asks who wants to take the body as it comes.
    func offer(_ head: Request) {
        guard !decider.responder.passesOn(head) else { return passOn() }
        let intake = decider.responder.intake(for: head)
        if let problem = assembler.divert(limit: intake?.limit) { return reject(problem) }
        diversion = intake.map {
            .intake(IntakePump($0, eventLoop: channel.eventLoop) { [weak self] in self?.updateReading() })
        }
    }

    /// The request is answered as soon as it is its turn; its body follows.
    private func passOn() {
        _ = assembler.divert(limit: .max)
        let (partial, timeline) = assembler.partial
        guard var request = partial else { return }
        let (eventLoop, handler) = (channel.eventLoop, NIOLoopBound(self, eventLoop: channel.eventLoop))
        let flow = BodyFlow { eventLoop.execute { handler.value.updateReading() } }
        diversion = .upload(flow)
        request.upload = flow
        arrive(.request(request, timeline))
    }
}
