import SparringAPI
import SparringWire
import Testing

@testable import Sparring

@Suite("The faults of MockScenario and the table of faults")
struct FaultTableTests {
    private static let typed: [(name: String, fault: MockScenario.Fault)] = [
        ("accept_delay", .acceptDelay()),
        ("accept_close", .acceptClose()),
        ("connection_limit", .connectionLimit()),
        ("bad_certificate", .badCertificate()),
        ("handshake_stall", .handshakeStall()),
        ("handshake_close", .handshakeClose()),
        ("old_protocol", .oldProtocol),
        ("no_shared_protocol", .noSharedProtocol),
        ("h2_stall", .http2Stall()),
        ("refuse_continue", .refuseContinue),
        ("late_continue", .lateContinue()),
        ("early_answer", .earlyAnswer()),
        ("stalled_upload", .stalledUpload()),
        ("refuse", .refuse()),
        ("content_filter", .contentFilter),
        ("cut_short", .cutShort),
        ("empty_answer", .emptyAnswer),
        ("repetition", .repetition()),
        ("wrong_language", .wrongLanguage),
        ("wrong_tool", .wrongTool),
        ("wrong_arguments", .wrongArguments()),
        ("off_schema", .offSchema()),
        ("error", .errorEvent()),
        ("malformed_json", .malformedJSON()),
        ("drop_event", .dropEvent()),
        ("duplicate_event", .duplicateEvent()),
        ("swap_events", .swapEvents()),
        ("drop_done", .dropDone()),
        ("after_done", .afterDone()),
        ("unknown_event", .unknownEvent()),
        ("huge_event", .hugeEvent()),
        ("line_separator", .lineSeparator()),
        ("html_page", .htmlPage()),
        ("error_in_200", .errorIn200()),
        ("empty_body", .emptyBody),
        ("content_type", .contentType()),
        ("redirect", .redirect()),
        ("drop_finish_reason", .dropFinishReason()),
        ("unknown_field", .unknownField()),
        ("unknown_value", .unknownValue()),
        ("missing_field", .missingField()),
        ("null_field", .nullField()),
        ("empty_field", .emptyField()),
        ("ascii_escapes", .asciiEscapes()),
        ("split_surrogates", .splitSurrogates()),
        ("running_usage", .runningUsage),
        ("retry_hint", .retryHint()),
        ("br", .brotli()),
        ("zstd", .zstd()),
        ("split_escape", .splitEscape()),
        ("split_pair", .splitPair()),
        ("extra_delta", .extraDelta()),
        ("empty_choices", .emptyChoices()),
        ("second_role", .secondRole()),
        ("changed_id", .changedID()),
        ("drop_usage", .dropUsage()),
        ("double_usage", .doubleUsage()),
        ("tool_index_gap", .toolIndexGap()),
        ("tool_calls_interleaved", .toolCallsInterleaved()),
        ("tool_id", .toolID()),
        ("tool_arguments", .toolArguments()),
        ("line_end", .lineEnd()),
        ("no_space", .noSpace()),
        ("multi_line_data", .multiLineData()),
        ("field", .eventField()),
        ("comment", .comment()),
        ("keep_alive", .keepAlive()),
        ("byte_order_mark", .byteOrderMark()),
        ("empty_data", .emptyData()),
        ("no_blank_line", .noBlankLine()),
        ("gzip", .gzip()),
        ("deflate", .deflate()),
        ("content_length", .contentLength()),
        ("connection_close", .connectionClose),
        ("huge_header", .hugeHeader()),
        ("many_headers", .manyHeaders()),
        ("bad_chunk_size", .badChunkSize()),
        ("chunk_extension", .chunkExtension()),
        ("chunk_without_end", .chunkWithoutEnd()),
        ("torn_chunk", .tornChunk()),
        ("no_last_chunk", .noLastChunk()),
        ("trailers", .trailers()),
        ("h2_settings_flood", .http2SettingsFlood()),
        ("h2_ping_flood", .http2PingFlood()),
        ("stall", .stall()),
        ("delay", .delay()),
        ("dribble", .dribble()),
        ("slow_head", .slowHead()),
        ("burst", .burst()),
        ("byte_by_byte", .byteByByte()),
        ("split", .split()),
        ("split_code_point", .splitCodePoint()),
        ("split_line_end", .splitLineEnd()),
        ("fin", .fin()),
        ("reset", .reset()),
        ("cut", .cut()),
        ("half_close", .halfClose()),
        ("hang", .hang()),
        ("close_idle", .closeIdle()),
        ("h2_rst", .http2Reset()),
        ("h2_goaway", .http2GoAway()),
        ("socket_close", .socketClose()),
        ("socket_ping_flood", .socketPingFlood()),
        ("socket_no_pong", .socketNoPong()),
        ("socket_half_open", .socketHalfOpen()),
        ("socket_fragments", .socketFragments()),
        ("socket_masked", .socketMasked()),
        ("socket_reserved_bit", .socketReservedBit()),
        ("socket_wrong_length", .socketWrongLength()),
        ("socket_opcode", .socketOpcode()),
        ("socket_not_utf8", .socketNotUTF8()),
    ]

    /// The arguments with a fixed set of values: the fault, the index of its parameter, and the values in Swift.
    private static let choices: [(name: String, place: Int, values: [String])] = [
        ("accept_close", 0, MockScenario.Fault.ConnectionEnd.allCases.map(\.rawValue)),
        ("connection_limit", 0, MockScenario.Fault.Overflow.allCases.map(\.rawValue)),
        ("bad_certificate", 0, MockScenario.Fault.CertificateFlaw.allCases.map(\.rawValue)),
        ("handshake_close", 0, MockScenario.Fault.HandshakeStage.allCases.map(\.rawValue)),
        ("handshake_close", 1, MockScenario.Fault.ConnectionEnd.allCases.map(\.rawValue)),
        ("wrong_arguments", 0, MockScenario.Fault.ArgumentsForm.allCases.map(\.rawValue)),
        ("off_schema", 0, MockScenario.Fault.SchemaViolation.allCases.map(\.rawValue)),
        ("error", 1, MockScenario.Fault.ErrorEventForm.allCases.map(\.rawValue)),
        ("line_separator", 0, MockScenario.Fault.LineSeparator.allCases.map(\.rawValue)),
        ("unknown_value", 0, MockScenario.Fault.ChunkField.allCases.map(\.rawValue)),
        ("extra_delta", 0, MockScenario.Fault.DeltaForm.allCases.map(\.rawValue)),
        ("tool_id", 0, MockScenario.Fault.ToolIDForm.allCases.map(\.rawValue)),
        ("line_end", 0, MockScenario.Fault.LineEnd.allCases.map(\.rawValue)),
        ("field", 0, MockScenario.Fault.EventField.allCases.map(\.rawValue)),
        ("keep_alive", 0, MockScenario.Fault.KeepAliveForm.allCases.map(\.rawValue)),
        ("empty_data", 0, MockScenario.Fault.EmptyDataForm.allCases.map(\.rawValue)),
        ("gzip", 0, MockScenario.Fault.GzipForm.allCases.map(\.rawValue)),
        ("deflate", 0, MockScenario.Fault.DeflateForm.allCases.map(\.rawValue)),
        ("content_length", 0, MockScenario.Fault.ContentLengthForm.allCases.map(\.rawValue)),
        ("close_idle", 0, MockScenario.Fault.ConnectionEnd.allCases.map(\.rawValue)),
        ("h2_rst", 0, MockScenario.Fault.HTTP2ErrorCode.allCases.map(\.rawValue)),
        ("h2_goaway", 0, MockScenario.Fault.LastStream.allCases.map(\.rawValue)),
        ("h2_goaway", 1, MockScenario.Fault.HTTP2ErrorCode.allCases.map(\.rawValue)),
        ("br", 0, MockScenario.Fault.PlainForm.allCases.map(\.rawValue)),
        ("zstd", 0, MockScenario.Fault.PlainForm.allCases.map(\.rawValue)),
        ("retry_hint", 0, MockScenario.Fault.RetryHintForm.allCases.map(\.rawValue)),
        ("socket_wrong_length", 0, MockScenario.Fault.SocketLengthForm.allCases.map(\.rawValue)),
        ("socket_opcode", 0, MockScenario.Fault.SocketOpcodeForm.allCases.map(\.rawValue)),
    ]

    @Test("Every fault of the table has a constant or function, with the defaults of the table")
    func complete() throws {
        #expect(Self.typed.map(\.name).sorted() == FaultTable.kinds.map(\.name).sorted())
        for (name, fault) in Self.typed {
            let kind = try #require(FaultTable.kinds.first { $0.name == name })
            #expect(try fault.resolved() == [kind.example], "\(name)")
        }
    }

    @Test("Every argument with a fixed set of values has a case for each of them")
    func closedSets() throws {
        for (name, place, values) in Self.choices {
            let kind = try #require(FaultTable.kinds.first { $0.name == name })
            guard case .choice(let names) = kind.parameters[place].kind else {
                Issue.record("\(name) has no closed set at \(place)")
                continue
            }
            #expect(Set(values) == Set(names), "\(name)")
        }
    }

    @Test(
        "A fault in Swift equals the fault in the notation of scenario files",
        arguments: [
            (.stall(.seconds(3), at: .event(2)), "stall 3s at event 2"),
            (.reset(at: .event(5, plus: 20)), "reset at event 5 + 20 bytes"),
            (.hang(for: .milliseconds(250), at: .content(1)), "hang 250ms at content 1"),
            (.hang(at: .head), "hang at head"), (.cut(at: .byte(7)), "cut at byte 7"),
            (.fin(at: .headByte(9)), "fin at head byte 9"),
            (.halfClose(at: .elapsed(.seconds(1))), "half_close at elapsed 1s"),
            (.byteByByte(at: .token(3)), "byte_by_byte at token 3"),
            (.stall(at: .firstContent), "stall at first_content"),
            (.dropDone(at: .done), "drop_done at done"), (.fin(at: .end), "fin at end"),
            (.delay(.seconds(1), at: .start), "delay 1s at start"),
            (.errorEvent(.serverError, form: .thenDone), "error server_error then_done"),
            (.hugeEvent(bytes: 64_000), "huge_event 64KB"), (.dribble(bytesPerSecond: 100), "dribble 100/s"),
            (.redirect(status: 308, to: "/x"), "redirect 308 /x"),
            (.connectionLimit(beyond: .wait, count: 2), "connection_limit wait 2"),
            (.http2GoAway(last: .drain, .cancel), "h2_goaway drain cancel"),
            (.http2Stall(afterBytes: 10, .seconds(1)), "h2_stall 10 1s"),
        ] as [(MockScenario.Fault, MockScenario.Fault)])
    func words(typed: MockScenario.Fault, words: MockScenario.Fault) throws {
        #expect(try typed.resolved() == words.resolved())
    }

    @Test(
        "A fault with an invalid argument or point is a mistake",
        arguments: [
            (.repetition(times: 1), "times of 'repetition' is a whole number from 2 to 100000, not 1"),
            (.stall(.seconds(-1)), "duration of 'stall' is a duration"),
            (.htmlPage(status: 404), "status of 'html_page' is one of"),
            (.dribble(bytesPerSecond: 0), "rate of 'dribble' is bytes a second"),
            (.hugeEvent(bytes: 0), "size of 'huge_event' is a size"),
            (.errorIn200("oops"), "error of 'error_in_200' is an error"),
            (.errorEvent(.badGateway), "error of 'error' is an error"),
            (.earlyAnswer(.modelNotFound), "error of 'early_answer' is one of"),
            (.malformedJSON(at: .byte(3)), "'malformed_json' cannot be applied at 'byte 3'; its points are"),
            (.stall(at: .event(1, plus: -5)), "'stall' cannot be applied"), (.init(words: "nothing"), "'nothing': "),
        ] as [(MockScenario.Fault, String)])
    func mistakes(fault: MockScenario.Fault, expected: String) {
        let error = #expect(throws: MockScenarioError.self) { try fault.resolved() }
        #expect(error?.description.contains(expected) == true, "\(error?.description ?? "no error")")
    }
}
