namespace FrontDoor.EndToEnd.Tests;

internal static class Repository
{
    /// <summary>The folder with Gateway.sln.</summary>
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string folder) =>
        File.Exists(Path.Combine(folder, "Gateway.sln")) ? folder
        : Find(Path.GetDirectoryName(folder) ?? throw new InvalidOperationException("These tests run inside a checkout"));
}
