namespace FrontDoor.Benchmarks.Rows;

/// <summary>One turn of one party.</summary>
/// <param name="PerSecond">Requests per second.</param>
/// <param name="P50">Median latency in milliseconds.</param>
/// <param name="P99">99th percentile of latency in milliseconds.</param>
/// <param name="Cpu">CPU time of the party's processes per request, in microseconds.</param>
/// <param name="Memory">Memory of the party's processes after the turn, in MB (see ProcessTree).</param>
/// <param name="Bad">Answers that were not the expected one.</param>
internal sealed record Sample(double PerSecond, double P50, double P99, double Cpu, double Memory, long Bad);

/// <summary>All turns of one party; none if it could not take part.</summary>
internal sealed record PartyResult(string Party, IReadOnlyList<Sample> Samples)
{
    /// <summary>What it lacks on this machine, and how to install it.</summary>
    public string? Missing { get; init; }

    /// <summary>Why it failed.</summary>
    public string? Fault { get; init; }

    public double Median(Func<Sample, double> what) => Statistics.Median(Samples.Select(what));
}

/// <summary>Which value of a sample a ratio or a budget is about.</summary>
internal enum Metric
{
    /// <summary>CPU time per request; less is better.</summary>
    Cpu,

    /// <summary>Requests per second; more is better.</summary>
    Rate,

    /// <summary>99th percentile of latency; less is better.</summary>
    P99,

    /// <summary>Memory; less is better.</summary>
    Memory,
}

/// <summary>What DESIGN.md promises: <paramref name="Party"/>'s value against <paramref name="Anchor"/>'s, or an absolute one where there is no anchor.</summary>
internal sealed record Budget(string Party, Metric Metric, string? Anchor, double Limit)
{
    /// <summary>A line of the row whose value comes on top of the limit: the party's value less this one is compared.</summary>
    public string? Plus { get; init; }

    public bool AtLeast => Metric == Metric.Rate;
}

/// <summary>A ratio's median over the rounds, and the least and greatest of them.</summary>
internal sealed record Ratio(double Median, double Least, double Greatest);

/// <param name="Value">Null where it could not be measured.</param>
internal sealed record BudgetResult(Budget Budget, Ratio? Value)
{
    public bool Met => Value is not null && (Budget.AtLeast ? Value.Median >= Budget.Limit : Value.Median <= Budget.Limit);
}

/// <summary>One line of the benchmark's plan with what was found.</summary>
internal sealed record RowResult(string Name, string Title, string Anchor, IReadOnlyList<PartyResult> Parties, IReadOnlyList<BudgetResult> Budgets)
{
    public static RowResult Of(string name, string title, string anchor, IReadOnlyList<PartyResult> parties, IEnumerable<Budget> budgets) => new(
        name, title, anchor, parties,
        [.. budgets.Select(budget => new BudgetResult(budget, Value(parties, budget)))]);

    /// <summary>The party's ratio to the row's anchor, turn by turn: both were measured seconds apart, so that the machine's other work weighs on both.</summary>
    public Ratio? ToAnchor(PartyResult party, Metric metric) => Against(party, Parties.FirstOrDefault(p => p.Party == Anchor), metric);

    /// <summary>What its bars show: CPU time, or what it measures instead.</summary>
    public Metric Shown => Parties.SelectMany(party => party.Samples).ToArray() switch
    {
        var samples when samples.Any(sample => sample.Cpu > 0) => Metric.Cpu,
        var samples when samples.Any(sample => sample.P99 > 0) => Metric.P99,
        _ => Metric.Memory,
    };

    private static Ratio? Value(IReadOnlyList<PartyResult> parties, Budget budget)
    {
        var party = parties.FirstOrDefault(p => p.Party == budget.Party);
        if (party is null || party.Samples.Count == 0) return null;
        var plus = budget.Plus is null ? null : parties.FirstOrDefault(p => p.Party == budget.Plus);
        if (budget.Plus is not null && plus is not { Samples.Count: > 0 }) return null;
        return budget.Anchor is null
            ? Statistics.Spread(party.Samples.Select(Read(budget.Metric)))
            : Against(party, parties.FirstOrDefault(p => p.Party == budget.Anchor), budget.Metric, plus);
    }

    private static Ratio? Against(PartyResult party, PartyResult? anchor, Metric metric, PartyResult? plus = null)
    {
        var read = Read(metric);
        var values = plus is null ? party.Samples.Select(read) : party.Samples.Zip(plus.Samples, (one, more) => read(one) - read(more));
        var ratios = values.Zip(anchor?.Samples ?? [], (one, other) => one / read(other)).Where(double.IsFinite).ToArray();
        return ratios.Length == 0 ? null : Statistics.Spread(ratios);
    }

    public static Func<Sample, double> Read(Metric metric) => metric switch
    {
        Metric.Cpu => sample => sample.Cpu,
        Metric.Rate => sample => sample.PerSecond,
        Metric.P99 => sample => sample.P99,
        _ => sample => sample.Memory,
    };
}
