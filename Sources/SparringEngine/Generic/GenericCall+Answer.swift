import SparringAPI

extension GenericCall {
    /// The answer if no rule, limit or chaos has answered.
    /// - Throws: the API's error about the request.
    func answer(context: AnswerInput, ids: inout IDMint) throws(APIError) -> Rendered {
        if !servesRetired, let day = RetiredFamily.day(of: operation) {
            var rendered = Rendered(RetiredFamily.error(method, path).answer(context: context, ids: &ids))
            rendered.warning = RetiredFamily.hint(operation, day: day)
            return rendered
        }
        // A lenient session ignores parameters that the API refuses.
        if validation == .strict {
            try OperationCheck(operation, in: document).check(
                query: query, body: body, hasBody: hasBody, isForm: form != nil)
        }
        return try GenericAnswers.answer(self, context: context, ids: &ids)
    }
}
