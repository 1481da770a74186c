import SparringJSON

/// Checks the schemas of a chat request: those of functions and of the answer.
enum ChatSchemas {
    static func check(_ object: JSONObject) throws(APIError) {
        for (index, tool) in (object["tools"]?.array ?? []).enumerated() {
            guard let function = tool["function"] else { continue }
            try checkFunction(function, at: "tools[\(index)].function.parameters")
        }
        for (index, function) in (object["functions"]?.array ?? []).enumerated() {
            try checkFunction(function, at: "functions[\(index)].parameters")
        }
        guard let format = object["response_format"]?["json_schema"], format["strict"] == true,
            let schema = format["schema"]?.unlessNull, let complaint = StrictSchema.complaint(schema, isStrict: true)
        else { return }
        let name = format["name"]?.string ?? ""
        throw APIError(
            message: "Invalid schema for response_format '\(name)': \(complaint)", param: "response_format")
    }

    /// Missing or empty parameters are not checked.
    private static func checkFunction(_ function: JSONValue, at path: String) throws(APIError) {
        guard let schema = function["parameters"]?.object, !schema.isEmpty,
            let complaint = StrictSchema.complaint(.object(schema), isStrict: function["strict"] == true)
        else { return }
        let name = function["name"]?.string ?? ""
        throw APIError(
            message: "Invalid schema for function '\(name)': \(complaint)", param: path,
            code: "invalid_function_parameters")
    }
}
