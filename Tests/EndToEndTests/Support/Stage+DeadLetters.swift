import AMQPClient
import TestSupport

extension Stage {
    /// What is parked now; it stays there.
    func parked() async throws -> [AMQPDelivery] {
        let connection = try await AMQPConnection.open(broker)
        var letters: [AMQPDelivery] = []
        while let letter = try await connection.get("\(prefix).dead") { letters.append(letter) }
        // Closing puts them back.
        await connection.close()
        return letters
    }

    /// Waits until so many are parked.
    func waitForParked(_ count: Int) async throws -> [AMQPDelivery] {
        var letters: [AMQPDelivery] = []
        try await eventually("\(count) parked messages", every: .milliseconds(150)) {
            letters = try await parked()
            return letters.count >= count
        }
        return letters
    }
}
