using Microsoft.Data.Sqlite;

namespace FrontDoor.TestKit;

/// <summary>A folder of its own for one test; removed at the end.</summary>
public sealed class TestFolder : IDisposable
{
    public string FullPath { get; } = Directory.CreateTempSubdirectory("front-door-test-").FullName;

    public string File(string name) => Path.Combine(FullPath, name);

    public string Write(string name, string content)
    {
        var path = File(name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, content);
        return path;
    }

    public void Dispose()
    {
        if (!Directory.Exists(FullPath)) return;
        // Pooled connections keep SQLite's files open, and the last one to close writes there.
        SqliteConnection.ClearAllPools();
        Directory.Delete(FullPath, recursive: true);
    }
}
