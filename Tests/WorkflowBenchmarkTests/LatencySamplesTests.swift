import Testing

@testable import WorkflowBenchmark

@Suite struct LatencySamplesTests {
    @Test func `a percentile is a sample that was measured, by nearest rank`() {
        let samples = LatencySamples(nanoseconds: Array((1...200).reversed()))
        #expect(samples.percentile(0.5) == 100)
        #expect(samples.percentile(0.9) == 180)
        #expect(samples.percentile(0.99) == 198)
        #expect(samples.percentile(0.999) == 200)
        #expect(samples.percentile(0) == 1)
        #expect(samples.percentile(1) == 200)
        #expect(samples.maximum == 200)
        #expect(samples.count == 200)
    }

    @Test func `one sample is every percentile, none is none`() {
        #expect(LatencySamples(nanoseconds: [7]).percentile(0.01) == 7)
        #expect(LatencySamples(nanoseconds: [7]).percentile(0.999) == 7)
        #expect(LatencySamples(nanoseconds: []).percentile(0.5) == nil)
        #expect(LatencySamples(nanoseconds: []).maximum == nil)
    }

    @Test func `ranks agree with counting, whatever the share`() {
        let values = (0..<997).map { UInt64($0 * 7919 % 997) }
        let samples = LatencySamples(nanoseconds: values)
        for thousandths in 1...1000 {
            let share = Double(thousandths) / 1000
            let found = samples.percentile(share) ?? 0
            let notLonger = values.count { $0 <= found }
            let shorter = values.count { $0 < found }
            #expect(notLonger * 1000 >= thousandths * values.count, "enough samples are no longer")
            #expect(shorter * 1000 < thousandths * values.count, "and no shorter sample would do")
        }
    }
}
