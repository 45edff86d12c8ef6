using System.Globalization;
using System.Text;
using FrontDoor.Benchmarks.Rows;

namespace FrontDoor.Benchmarks.Report;

/// <summary>Tables for a terminal, ratios first; as Markdown on demand.</summary>
internal static class TextReport
{
    public static readonly string[] Heads = ["party", "CPU ratio", "rate ratio", "CPU us", "req/s", "p50 ms", "p99 ms", "MB"];

    public static string Row(RowResult row, bool plot)
    {
        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"{row.Name}: {row.Title}. Ratios to {row.Anchor}; median (least-greatest) of the rounds.");
        var lines = row.Parties.Where(party => Reason(party) is null).Select(party => Cells(row, party)).Prepend(Heads).ToArray();
        var widths = Enumerable.Range(0, Heads.Length).Select(column => lines.Max(line => line[column].Length)).ToArray();
        foreach (var line in lines)
            text.Append("  ").AppendLine(string.Join("  ", line.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column]))).TrimEnd());
        foreach (var party in row.Parties.Where(party => Reason(party) is not null)) text.AppendLine(CultureInfo.InvariantCulture, $"  {party.Party}: {Reason(party)}");
        if (plot) Bars(text, row);
        foreach (var budget in row.Budgets) text.Append("  ").AppendLine(CultureInfo.InvariantCulture, $"{Verdict(budget),-13}{Words(budget)}");
        return text.ToString();
    }

    public static string Markdown(IEnumerable<RowResult> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"### {row.Name}").AppendLine().AppendLine(CultureInfo.InvariantCulture, $"{row.Title}. Ratios to {row.Anchor}.").AppendLine();
            text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Heads)} |").AppendLine($"|---|{string.Concat(Enumerable.Repeat("---:|", Heads.Length - 1))}");
            foreach (var party in row.Parties) text.AppendLine(CultureInfo.InvariantCulture, $"| {string.Join(" | ", Cells(row, party))} |");
            text.AppendLine();
            foreach (var budget in row.Budgets) text.AppendLine(CultureInfo.InvariantCulture, $"- {Verdict(budget)}: {Words(budget)}");
            if (row.Budgets.Count > 0) text.AppendLine();
        }

        return text.ToString();
    }

    public static string Words(BudgetResult result)
    {
        var (budget, value) = (result.Budget, result.Value);
        var what = budget.Metric switch { Metric.Cpu => "CPU", Metric.Rate => "rate", Metric.P99 => "p99", _ => "memory" };
        var unit = budget.Anchor is not null ? $" x {budget.Anchor}{(budget.Plus is null ? "" : $" above {budget.Plus}")}" : budget.Metric == Metric.Memory ? " MB" : " ms";
        var limit = string.Create(CultureInfo.InvariantCulture, $"budget {(budget.AtLeast ? "at least" : "at most")} {budget.Limit:0.##}");
        return value is null
            ? $"{budget.Party}: {what}, {limit}{unit}"
            : string.Create(CultureInfo.InvariantCulture, $"{budget.Party}: {what} {value.Median:0.00} ({value.Least:0.00}-{value.Greatest:0.00}){unit}, {limit}");
    }

    /// <summary>What became of a budget; one that nobody could measure is not met.</summary>
    public static string Verdict(BudgetResult result) => result switch { { Value: null } => "not measured", { Met: true } => "met", _ => "MISSED" };

    public static string[] Cells(RowResult row, PartyResult party)
    {
        if (Reason(party) is { } reason) return [$"{party.Party}: {reason}", .. Enumerable.Repeat("", Heads.Length - 1)];
        var bad = party.Samples.Sum(sample => sample.Bad);
        return
        [
            party.Party + (bad > 0 ? $" ({bad} failed)" : ""),
            Words(row.ToAnchor(party, Metric.Cpu)), Words(row.ToAnchor(party, Metric.Rate)),
            Number(party.Median(s => s.Cpu)), Number(party.Median(s => s.PerSecond)), Number(party.Median(s => s.P50)), Number(party.Median(s => s.P99)), Number(party.Median(s => s.Memory)),
        ];
    }

    /// <summary>Why a party has no numbers, in one line.</summary>
    private static string? Reason(PartyResult party) => (party.Missing ?? party.Fault)?.ReplaceLineEndings(" ");

    private static string Words(Ratio? ratio) =>
        ratio is null ? "" : string.Create(CultureInfo.InvariantCulture, $"{ratio.Median:0.00} ({ratio.Least:0.00}-{ratio.Greatest:0.00})");

    private static string Number(double value) => value switch
    {
        0 => "",
        < 10 => value.ToString("0.00", CultureInfo.InvariantCulture),
        < 100 => value.ToString("0.0", CultureInfo.InvariantCulture),
        _ => value.ToString("N0", CultureInfo.InvariantCulture),
    };

    private static void Bars(StringBuilder text, RowResult row)
    {
        var read = RowResult.Read(row.Shown);
        var shown = row.Parties.Where(party => party.Samples.Count > 0).Select(party => (party.Party, Value: party.Median(read))).Where(party => party.Value > 0).ToArray();
        if (shown.Length == 0) return;
        var (widest, greatest) = (shown.Max(party => party.Party.Length), shown.Max(party => party.Value));
        text.AppendLine(CultureInfo.InvariantCulture, $"  {Name(row.Shown)}");
        foreach (var (name, value) in shown)
            text.AppendLine(CultureInfo.InvariantCulture, $"  {name.PadRight(widest)} {new string('█', Math.Max(1, (int)Math.Round(value / greatest * 50)))} {Number(value)}");
    }

    /// <summary>What bars of this metric are, with its unit.</summary>
    public static string Name(Metric metric) => metric switch
    {
        Metric.Cpu => "CPU us per request",
        Metric.Rate => "requests per second",
        Metric.P99 => "99th percentile of latency, ms",
        _ => "memory, MB",
    };
}
