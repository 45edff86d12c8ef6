namespace FrontDoor.Benchmarks.Rows;

internal interface IRow
{
    /// <summary>As on the command line.</summary>
    string Name { get; }

    /// <summary>As in the report.</summary>
    string Title { get; }

    Task<RowResult> RunAsync(Bench bench);
}
