using FrontDoor.Benchmarks.Rows;

namespace FrontDoor.Benchmarks;

internal static class Statistics
{
    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        if (sorted.Length == 0) return double.NaN;
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    public static Ratio Spread(IEnumerable<double> values)
    {
        var all = values.ToArray();
        return new Ratio(Median(all), all.Min(), all.Max());
    }
}
