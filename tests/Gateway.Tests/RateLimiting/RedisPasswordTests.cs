using System.Net;
using System.Net.Sockets;
using System.Text;
using FrontDoor.Gateway.RateLimiting;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.RateLimiting;

public sealed class RedisPasswordTests(SharedGateway gateway) : IDisposable
{
    private const string Password = "from-a-file-of-its-own";

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task PasswordOfTheFile_IsWhatRedisIsToldAndNoLogIs()
    {
        using var redis = new TcpListener(IPAddress.Loopback, 0);
        redis.Start();
        await using var app = await GatewayApp.StartAsync(gateway.Issuer.Trust, gateway.Backend.Address, new Dictionary<string, string?>
        {
            ["Redis:Configuration"] = $"{redis.LocalEndpoint},password=of-the-settings",
            ["Redis:PasswordFile"] = Written(Password + "\n"),
        });
        using var connection = await redis.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        var (said, buffer) = ("", new byte[4096]);
        while (!said.Contains(Password + "\r\n", StringComparison.Ordinal))
        {
            var read = await connection.GetStream().ReadAsync(buffer, TestContext.Current.CancellationToken);
            Assert.NotEqual(0, read);
            said += Encoding.Latin1.GetString(buffer, 0, read);
        }

        Assert.DoesNotContain("of-the-settings", said, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Logs.All, l => l.Contains(Password, StringComparison.Ordinal));
    }

    [Fact]
    public void FileThatIsNotThereOrNotPrivate_IsAFault()
    {
        Assert.Equal([$"Redis:PasswordFile: {_folder.File("none")} does not exist"], Faults(_folder.File("none")));
        if (OperatingSystem.IsWindows()) return;
        var file = Written(Password);
        Assert.Empty(Faults(file));
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        Assert.Equal([$"Redis:PasswordFile: {file} can be read by other users of this machine. Run: chmod 600 '{file}'"], Faults(file));
    }

    public void Dispose() => _folder.Dispose();

    private static IEnumerable<string> Faults(string file) => new RedisOptionsValidator().Validate(null, new RedisOptions { PasswordFile = file }).Failures ?? [];

    private string Written(string text)
    {
        var file = _folder.Write("password", text);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        return file;
    }
}
