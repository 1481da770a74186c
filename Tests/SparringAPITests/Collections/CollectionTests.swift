import SparringJSON
import Testing

@testable import SparringAPI

@Suite("Collections")
struct CollectionTests {
    private static let index = CollectionIndex(
        [
            ("GET", "/v1/evals"), ("POST", "/v1/evals"), ("GET", "/v1/evals/{eval_id}"),
            ("POST", "/v1/evals/{eval_id}"),
            ("DELETE", "/v1/evals/{eval_id}"), ("GET", "/v1/evals/{eval_id}/runs"),
            ("POST", "/v1/evals/{eval_id}/runs"),
            ("GET", "/v1/evals/{eval_id}/runs/{run_id}"), ("POST", "/v1/evals/{eval_id}/runs/{run_id}/cancel"),
            ("GET", "/v1/evals/{eval_id}/runs/{run_id}/output_items"), ("POST", "/v1/decisions"),
            ("GET", "/v1/organization/users"), ("GET", "/v1/organization/users/{user_id}"),
        ].map { (method: $0.0, path: $0.1) })

    @Test(
        "Each operation has its role in the innermost collection of its path",
        arguments: [
            ("POST", "/v1/evals", CollectionIndex.Role.create, "/v1/evals", 0),
            ("GET", "/v1/evals", .list, "/v1/evals", 0),
            ("GET", "/v1/evals/{eval_id}", .retrieve, "/v1/evals", 0),
            ("POST", "/v1/evals/{eval_id}", .update, "/v1/evals", 0),
            ("DELETE", "/v1/evals/{eval_id}", .delete, "/v1/evals", 0),
            ("POST", "/v1/evals/{eval_id}/runs", .create, "/v1/evals/{eval_id}/runs", 1),
            (
                "POST", "/v1/evals/{eval_id}/runs/{run_id}/cancel", .act("cancel"), "/v1/evals/{eval_id}/runs", 1
            ),
            ("GET", "/v1/evals/{eval_id}/runs/{run_id}/output_items", .other, "/v1/evals/{eval_id}/runs", 1),
        ])
    func roles(method: String, path: String, role: CollectionIndex.Role, collection: String, parents: Int) throws {
        let place = try #require(Self.index.place(method: method, path: path))
        #expect((place.role, place.collection, place.parents.count) == (role, collection, parents))
    }

    @Test(
        "Operations whose objects cannot be created belong to no collection",
        arguments: [
            ("POST", "/v1/decisions"), ("GET", "/v1/organization/users"), ("GET", "/v1/organization/users/{user_id}"),
        ])
    func outside(method: String, path: String) {
        #expect(Self.index.place(method: method, path: path) == nil)
    }

    private static func run(_ plan: ProgressPlan?) -> CollectionObject {
        CollectionObject(
            id: "evalrun_1",
            template: ["id": "x", "object": "eval.run", "status": "text", "created_at": 0, "name": "", "eval_id": ""],
            request: ["name": "first", "status": "forged", "unknown": 1], names: ["name", "metadata", "error"],
            parents: ["eval_id": "eval_1"], traits: .of("/v1/evals/{eval_id}/runs"), plan: plan, created: 100)
    }

    @Test("A created object echoes the request, and the server sets id, time, parents and status")
    func creation() {
        let json = Self.run(nil).json(at: 100)
        #expect(
            json == [
                "id": "evalrun_1", "object": "eval.run", "status": "queued", "created_at": 100, "name": "first",
                "eval_id": "eval_1",
            ])
        #expect(Self.run(nil).json(at: 101)["status"] == "completed")
    }

    @Test("An object works for as long as the plan says, and ends as the plan says")
    func progress() {
        var polled = Self.run(ProgressPlan(.polls(1)))
        polled.progress?.poll(at: 200)
        #expect(polled.json(at: 200)["status"] == "queued")
        polled.progress?.poll(at: 201)
        #expect(polled.json(at: 201)["status"] == "completed")
        #expect(Self.run(ProgressPlan(.stuck)).json(at: .max)["status"] == "queued")
        let failed = Self.run(
            ProgressPlan(.seconds(5), ending: "failed", failure: .init(code: "server_error", message: "m")))
        #expect(failed.json(at: 104)["status"] == "queued")
        #expect(failed.json(at: 105)["error"] == ["code": "server_error", "message": "m"])
        var cancelled = Self.run(ProgressPlan(.stuck))
        cancelled.end("cancelled", at: 300)
        #expect(cancelled.json(at: 301)["status"] == "cancelled")
    }

    @Test("The record of an object restores an equal object")
    func record() {
        let object = Self.run(ProgressPlan(.polls(3)))
        #expect(CollectionObject(object.record) == object)
    }

    @Test("An object expires by its lifetime")
    func expiry() {
        let container = CollectionObject(
            id: "cntr_1", template: ["id": "", "status": "running", "created_at": 0, "expires_at": 0], request: [:],
            names: ["expires_at", "status"], parents: [:], traits: .of("/v1/containers"), plan: nil, created: 100)
        #expect(container.json(at: 1_299)["status"] == "running")
        #expect(container.json(at: 1_300)["status"] == "expired")
        #expect(container.json(at: 100)["expires_at"] == 1_300)
    }

    @Test(
        "An unknown id gets an error that names the kind of the object",
        arguments: [
            ("/v1/evals/{eval_id}/runs", "Run with id 'x' not found."),
            ("/v1/containers", "Container with id 'x' not found."),
            ("/v1/organization/admin_api_keys", "Admin api key with id 'x' not found."),
        ])
    func notFound(collection: String, message: String) {
        #expect(CollectionIndex.notFound(collection, "x").message == message)
    }
}
