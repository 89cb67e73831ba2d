/// The limits of the core, each with its reason. A limit that is passed is a typed error, never a silent cut.
public enum Limits {
    /// The largest request body taken, in bytes. The default `max_message_size` of RabbitMQ 4 is 16 MiB, and a
    /// request that a newer broker refuses should not work on an older one; half of it leaves room for the row and
    /// its events.
    public static let requestBytes = 8 * 1024 * 1024

    /// How deep a request's JSON may nest. Real inputs stay below 20; deep ones exist to exhaust stacks.
    public static let jsonDepth = 64

    /// The largest single output of a step, in bytes of JSON; the same reason as `requestBytes`.
    public static let stepOutputBytes = 8 * 1024 * 1024

    /// An input or output larger than this is left out of event payloads (the event says how large it is and the
    /// tables hold it), since every subscriber pays for every byte of an event.
    public static let eventValueBytes = 64 * 1024

    /// A message with several events, in bytes; the next event begins another message. Half of what a publisher has on
    /// its way at a time, and far below the 16 MiB that RabbitMQ 4 takes. One event that is larger travels alone.
    public static let eventBatchBytes = 1024 * 1024

    /// Steps of one definition. A graph is walked on every transition.
    public static let stepsPerWorkflow = 1000

    /// Items of one `foreach`. Each is a row and some events, and all of them are held in memory until the step is over.
    public static let itemsPerLoop = 10_000

    /// Items of one `foreach` at work at a time, at most: what a takeover has to call again.
    public static let itemsAtWork = 1000

    /// The same where a definition does not say: enough to keep a coordinator busy, few enough for what agents call.
    public static let standardItemsAtWork = 100

    /// How deep executions may start one another: a child of a child counts two. Cycles are refused when definitions load; this
    /// is for those that come about when definitions change while executions are under way.
    public static let childDepth = 16

    /// Executions in a lane past which it starts no more children: those of a `foreach` within a `foreach` multiply.
    public static let executionsWithChildren = 50_000

    /// Nodes of one definition file after aliases are resolved; stops YAML that multiplies itself.
    public static let definitionNodes = 100_000

    /// Bytes of one definition file.
    public static let definitionBytes = 1024 * 1024

    /// Bytes of all texts of one definition file after aliases are resolved. Without aliases they cannot be more than the
    /// file; twice that leaves room for some, and each text is looked through for expressions.
    public static let definitionTextBytes = 2 * definitionBytes

    /// Instructions of all regular expressions in the expressions of one definition: some megabytes. The schema of the input has
    /// as many of its own.
    public static let patternInstructions = 100_000

    /// Errors reported of one definition file. Nobody reads more at a time, and each carries a line of the file.
    public static let errorsPerDefinition = 50

    /// The largest arguments of a step or output of an execution, in bytes of JSON: with what is put around it, it
    /// fits a message of 16 MiB, the default limit of RabbitMQ 4.
    public static let computedBytes = 15 * 1024 * 1024

    /// Length of an idempotency key; it is an indexed column.
    public static let idempotencyKeyBytes = 255

    /// Ticks of one schedule that came while nothing could start them and are started all the same, where the definition asks
    /// for all of them: a day's worth of every quarter of an hour, and no flood.
    public static let missedTicks = 100

    /// Attempts of one step. What has failed a thousand times wants a person.
    public static let attemptsPerStep = 1000

    /// The longest delay that an agent may ask for before the next attempt: a day. What is away for longer wants a
    /// person, or a policy that says so.
    public static let retryAfterSeconds = 86_400

    /// Length of a short string of AMQP 0.9.1, which properties are.
    public static let propertyBytes = 255

    /// How often one step may lose its coordinator without an answer before it fails: a step that kills its process
    /// must end.
    public static let interruptionsPerStep = 5

    /// The body of a control message, in bytes: the payload of a signal and what is around it.
    public static let controlBytes = 2 * signalPayloadBytes

    /// The payload of one signal, in bytes of JSON; with this, the event of a signal always has all of it.
    public static let signalPayloadBytes = eventValueBytes

    /// Signals of one execution that no step has taken yet. They are in what every transition writes.
    public static let signalsWaiting = 1000

    /// The same in bytes of JSON, about.
    public static let signalBytesWaiting = 256 * 1024

    /// Length of what a workflow's `concurrency.key` gives; it is an indexed column.
    public static let concurrencyKeyBytes = 255

    /// The highest `limit` of a workflow's `concurrency`: the slots of a key are counted whenever one is taken or freed.
    public static let slotsPerKey = 10_000

    /// Length of a signal's name, in bytes.
    public static let signalNameBytes = 255

    /// Length of an error message kept in the tables and sent in replies and headers, in Unicode scalars.
    public static let errorMessageCharacters = 2000

    /// Length of an error's code, in Unicode scalars; agents bring their own.
    public static let errorCodeCharacters = 100
}
