using FrontDoor.TokenService;
using Microsoft.Extensions.DependencyInjection;

namespace FrontDoor.TestKit;

/// <summary>The token service with the users alice (plain), root (role admin) and their passwords.</summary>
public sealed class TokenServiceApp : RunningApp<TokenServiceMarker>
{
    public const string Password = "correct horse battery staple";

    private readonly TestFolder? _ownFolder;

    private TokenServiceApp(Dictionary<string, string?> settings, TimeProvider? time, Action<IServiceCollection>? services, TestFolder? ownFolder)
        : base(settings, time, services) => _ownFolder = ownFolder;

    public Uri Address => Addresses[0];

    /// <summary>All addresses it listens on.</summary>
    public IReadOnlyList<Uri> Listeners => Addresses;

    /// <param name="settings">Overrides of the shipped configuration.</param>
    /// <param name="folder">Where state lives, to start twice on it; default one of its own.</param>
    /// <param name="time">A clock to advance; default the system's.</param>
    /// <param name="services">Changes to its services, after all of its own.</param>
    public static TokenServiceApp Start(
        IReadOnlyDictionary<string, string?>? settings = null, TestFolder? folder = null, TimeProvider? time = null, Action<IServiceCollection>? services = null)
    {
        var own = folder is null ? new TestFolder() : null;
        var data = folder ?? own!;
        var password = data.Write("password", Password);
        var all = new Dictionary<string, string?>
        {
            ["Kestrel:Endpoints:Http:Url"] = "http://127.0.0.1:0",
            ["Storage:DataDirectory"] = data.File("data"),
            // The fewest that are legal: tests check what is done with a hash, not how long it takes.
            ["Users:HashIterations"] = "100000",
            ["Users:Seed:alice:PasswordFile"] = password,
            ["Users:Seed:alice:DisplayName"] = "Alice Äpfel",
            ["Users:Seed:root:PasswordFile"] = password,
            ["Users:Seed:root:Roles:0"] = "admin",
        };
        foreach (var (key, value) in settings ?? new Dictionary<string, string?>()) all[key] = value;

        var app = new TokenServiceApp(all, time, services, own);
        app.StartServer();
        return app;
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        _ownFolder?.Dispose();
        GC.SuppressFinalize(this);
    }
}
