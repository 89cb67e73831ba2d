/// A transaction or script that was sent and waits for its results.
struct InFlight {
    enum Step {
        case prepare(PostgresStatement, serverName: String)
        case execute(PostgresStatement)
    }

    /// Who waits; nil for what the connection does on its own account.
    let submission: Submission?
    let isScript: Bool
    var steps: [Step] = []
    /// Whether libpq was given all of it, after which the server may commit it at any moment.
    var isHandedOver = false
    /// The step whose result comes next.
    var position = 0
    var results: [PostgresResult] = []
    var texts: [PostgresTextResult] = []
    /// The first error the server reported; it rolled the transaction back.
    var failure: PostgresError?

    init(submission: Submission?, isScript: Bool) {
        self.submission = submission
        self.isScript = isScript
    }

    var currentStep: Step? {
        steps.indices.contains(position) ? steps[position] : nil
    }

    /// The statement whose result comes next; nil once only the commit is missing.
    var statementName: String? {
        switch currentStep {
        case .prepare(let statement, _), .execute(let statement): statement.name
        case nil: nil
        }
    }

    var preparesStatements: Bool {
        steps.contains { step in
            if case .prepare = step { true } else { false }
        }
    }

    var outcome: Submission.Outcome {
        if let failure { return .failure(failure) }
        return .success(isScript ? .script(texts) : .transaction(results))
    }
}
