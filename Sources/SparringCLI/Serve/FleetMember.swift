import Foundation
import SparringEngine
import SparringExchange
import SparringHTTP
import SparringPostgres
import Synchronization

/// A server among others that share a store: its name, and its reports that it is running.
struct FleetMember: Sendable {
    /// The name is unique among the servers: it consists of host and process.
    let name: String
    let sessions: any SessionStore
    /// The exchanges of all servers.
    let journal: PostgresJournal
    let usage: any UsageStore
    let news: any SharedNews
    /// The state of all servers at the last report.
    let servers = LatestReplicas()
    private let replicas: PostgresReplicas

    /// There are more threads than processors, because the threads wait for the database.
    private static let threads = 32

    init(_ objects: PostgresObjectStore, clock: MonotonicClock, log: ServerLog) {
        BlockingThreads.use(Self.threads)
        name = "\(ProcessInfo.processInfo.hostName)-\(ProcessInfo.processInfo.processIdentifier)"
        sessions = PostgresSessions(beside: objects, replica: name)
        replicas = PostgresReplicas(beside: objects)
        usage = PostgresUsage(beside: objects)
        journal = PostgresJournal(beside: objects, replica: name) {
            clock.now
        } warn: { warning in
            log.line("sparring: \(warning)")
        }
        news = PostgresNews(journal, replica: name, beside: objects)
    }

    /// Sends reports of this server and reads the reports of all servers, until the task is cancelled.
    /// - Parameter gauges: the numbers of connections and answers at this server.
    func report(
        _ address: String, log: ServerLog, gauges: @escaping @Sendable () -> ReplicaGauges
    ) -> Task<Void, Never> {
        Task.detached(priority: .utility) {
            var problem: String?
            while true {
                do throws(StoreProblem) {
                    try replicas.report(name, address: address, version: Version.text, gauges: gauges())
                    servers.set(try replicas.all())
                    problem = nil
                } catch {
                    // If the list of servers cannot be read again, no list is shown.
                    servers.set([])
                    if problem != error.description { log.line("sparring: \(error)") }
                    problem = error.description
                }
                do { try await Task.sleep(for: PostgresReplicas.interval) } catch { return }
            }
        }
    }

    /// Reports that the server stops. If the database cannot be reached, the other servers notice the stop later, because no more reports
    /// come.
    func end() { try? replicas.end(name) }
}

/// The servers that share a store, according to the latest reports that this server has read.
final class LatestReplicas: Sendable {
    private let latest = Mutex<[SharedReplica]>([])

    var all: [SharedReplica] { latest.withLock(\.self) }

    func set(_ replicas: [SharedReplica]) { latest.withLock { $0 = replicas } }
}
