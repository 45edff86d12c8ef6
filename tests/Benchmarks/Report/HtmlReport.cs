using System.Globalization;
using System.Net;
using System.Text;
using FrontDoor.Benchmarks.Rows;

namespace FrontDoor.Benchmarks.Report;

/// <summary>One self-contained page: a bar chart (SVG) for each row, its numbers, its budgets.</summary>
internal static class HtmlReport
{
    private const int BarHeight = 26, LabelWidth = 230, BarsWidth = 480, ValueWidth = 150;

    public static string Page(IReadOnlyList<RowResult> rows, Machine machine, Effort effort)
    {
        var page = new StringBuilder();
        page.Append("""
            <!doctype html>
            <html lang="en">
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>Front Door: measured side by side</title>
            <style>
              :root { color-scheme: light dark; --text: #1c2430; --soft: #5b6675; --line: #d8dee6; --ours: #1f7a4d; --other: #9aa7b6; --bad: #b3261e; --page: #fff; }
              @media (prefers-color-scheme: dark) { :root { --text: #e8edf3; --soft: #9aa7b6; --line: #313b47; --ours: #4cc38a; --other: #5f6c7b; --bad: #ff8a80; --page: #14191f; } }
              body { font: 16px/1.5 system-ui, sans-serif; color: var(--text); background: var(--page); max-width: 900px; margin: 2rem auto; padding: 0 1rem; }
              h1 { font-size: 1.6rem; margin-bottom: .2rem } h2 { font-size: 1.1rem; margin: 2.2rem 0 .3rem }
              p, .scroll { margin: .3rem 0; color: var(--soft) } .scroll { overflow-x: auto }
              svg { display: block; width: 100%; min-width: 560px; height: auto } svg text { font: 14px system-ui, sans-serif; fill: var(--text) } svg .value { fill: var(--soft) }
              .ours { fill: var(--ours) } .other { fill: var(--other) } .spread { stroke: var(--text); stroke-width: 1.5 }
              table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; font-size: .88rem; color: var(--text) } th, td { text-align: right; padding: .2rem .5rem; border-bottom: 1px solid var(--line); white-space: nowrap }
              th:first-child, td:first-child { text-align: left } ul { list-style: none; padding: 0; margin: .5rem 0 } .met { color: var(--ours) } .missed { color: var(--bad) }
            </style>
            <h1>Front Door: measured side by side</h1>
            """);
        page.Append(CultureInfo.InvariantCulture, $"<p>{Text(machine.Words)} {effort.Rounds} turns of {effort.Seconds} s each after {effort.WarmUp} s of warming up, {effort.Connections} connections. Bars: CPU time per request of all the party's processes, or what the row measures instead; the thin line goes from the least to the greatest of the rounds. Shorter is better. Ratios: median (least-greatest) of the turns.</p>");
        foreach (var row in rows) Section(page, row);
        return page.Append("</html>\n").ToString();
    }

    private static void Section(StringBuilder page, RowResult row)
    {
        page.Append(CultureInfo.InvariantCulture, $"<h2 id=\"{row.Name}\">{Text(row.Title)}</h2><p>{row.Name}: ratios to {Text(row.Anchor)}.</p>");
        Chart(page, row);
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\"><table><tr>{string.Concat(TextReport.Heads.Select(head => $"<th>{head}"))}</tr>");
        foreach (var party in row.Parties) page.Append(CultureInfo.InvariantCulture, $"<tr>{string.Concat(TextReport.Cells(row, party).Select(cell => $"<td>{Text(cell)}"))}</tr>");

        page.Append("</table></div><ul>");
        foreach (var budget in row.Budgets) page.Append(CultureInfo.InvariantCulture, $"<li class=\"{(budget.Met ? "met" : "missed")}\">{(budget.Met ? "✓" : "✗")} {Text(TextReport.Words(budget))}{(budget.Value is null ? ": not measured" : "")}</li>");
        page.Append("</ul>");
    }

    private static void Chart(StringBuilder page, RowResult row)
    {
        var read = RowResult.Read(row.Shown);
        var parties = row.Parties.Where(party => party.Samples.Count > 0 && party.Median(read) > 0).ToArray();
        if (parties.Length == 0) return;
        var greatest = parties.Max(party => party.Samples.Max(read));
        var unit = row.Shown switch { Metric.Cpu => "µs", Metric.Memory => "MB", _ => "ms" };
        page.Append(CultureInfo.InvariantCulture, $"<div class=\"scroll\"><svg viewBox=\"0 0 {LabelWidth + BarsWidth + ValueWidth} {parties.Length * BarHeight}\" role=\"img\" aria-label=\"{TextReport.Name(row.Shown)}: {Text(row.Title)}\">");
        for (var i = 0; i < parties.Length; i++)
        {
            var (party, top) = (parties[i], i * BarHeight);
            var (median, least, most) = (party.Median(read), party.Samples.Min(read), party.Samples.Max(read));
            page.Append(CultureInfo.InvariantCulture, $"<text x=\"0\" y=\"{top + 17}\">{Text(party.Party)}</text>");
            page.Append(CultureInfo.InvariantCulture, $"<rect class=\"{(party.Party.Contains("our", StringComparison.Ordinal) ? "ours" : "other")}\" x=\"{LabelWidth}\" y=\"{top + 4}\" width=\"{Math.Max(1, median / greatest * BarsWidth):0.0}\" height=\"{BarHeight - 9}\" rx=\"2\"/>");
            page.Append(CultureInfo.InvariantCulture, $"<line class=\"spread\" x1=\"{LabelWidth + (least / greatest * BarsWidth):0.0}\" x2=\"{LabelWidth + (most / greatest * BarsWidth):0.0}\" y1=\"{top + 12}\" y2=\"{top + 12}\"/>");
            page.Append(CultureInfo.InvariantCulture, $"<text class=\"value\" x=\"{LabelWidth + BarsWidth + 8}\" y=\"{top + 17}\">{median:0.0} {unit}</text>");
        }

        page.Append("</svg></div>");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);
}
