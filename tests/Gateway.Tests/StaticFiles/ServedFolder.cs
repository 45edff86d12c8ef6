using FrontDoor.TestKit;

namespace FrontDoor.Gateway.Tests.StaticFiles;

/// <summary>A gateway whose only site, <c>web</c>, is the folder <c>site</c> of the test.</summary>
internal sealed class ServedFolder : IAsyncDisposable
{
    private ServedFolder(TestFolder folder, GatewayApp app) => (Folder, App) = (folder, app);

    public TestFolder Folder { get; }

    public GatewayApp App { get; }

    /// <param name="prepare">Writes the files, those of the site below <c>site/</c>.</param>
    /// <param name="settings">Of the site, without <c>StaticSites:web:</c>; those that begin with a colon are other settings.</param>
    public static Task<ServedFolder> StartAsync(Action<TestFolder> prepare, params (string Name, string Value)[] settings) => StartAsync(time: null, prepare, settings);

    /// <inheritdoc cref="StartAsync(Action{TestFolder}, ValueTuple{string, string}[])"/>
    /// <param name="time">A clock to advance.</param>
    public static async Task<ServedFolder> StartAsync(TimeProvider? time, Action<TestFolder> prepare, params (string Name, string Value)[] settings)
    {
        var folder = new TestFolder();
        Directory.CreateDirectory(folder.File("site"));
        prepare(folder);
        var all = new Dictionary<string, string?> { ["Kestrel:Endpoints:Public:Url"] = "http://127.0.0.1:0", ["StaticSites:web:Root"] = "site" };
        foreach (var (name, value) in settings) all[name.StartsWith(':') ? name[1..] : "StaticSites:web:" + name] = value;
        return new(folder, await GatewayApp.StartOnAsync(folder, all, time));
    }

    public Task<RawAnswer> GetAsync(string target, params string[] fields) => AskAsync("GET", target, fields);

    public Task<RawAnswer> AskAsync(string method, string target, params string[] fields) => RawAnswer.OfAsync(App.Address, method, target, fields);

    public async ValueTask DisposeAsync()
    {
        await App.DisposeAsync();
        Folder.Dispose();
    }
}
