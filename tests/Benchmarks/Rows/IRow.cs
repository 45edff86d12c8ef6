namespace FrontDoor.Benchmarks.Rows;

internal interface IRow
{
    /// <summary>As on the command line.</summary>
    string Name { get; }

    /// <summary>As in the report.</summary>
    string Title { get; }

    /// <summary>The programs of all its parties and loads. A row in turns goes on without a party whose programs are missing.</summary>
    IEnumerable<Tool> Needs { get; }

    Task<RowResult> RunAsync(Bench bench);
}
