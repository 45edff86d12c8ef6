using FrontDoor.TestKit;
using FrontDoor.TokenService.Tests.Users;
using Xunit;

namespace FrontDoor.TokenService.Tests.Audit;

public sealed class LoginFloodTests
{
    [Fact]
    public async Task FloodOfSignIns_IsBoundedInTheLogAndItsSizeIsTold()
    {
        using var hasher = new FastHasher();
        var clock = Clocks.Start();
        await using var app = TokenServiceApp.Start(
            new Dictionary<string, string?> { ["Audit:FailuresPerHour"] = "10", ["Users:Throttle:FailuresPerAddress"] = "100000" }, time: clock, services: hasher.Replace);
        using var client = new TokenClient(app.Address);
        for (var i = 0; i < 40; i++) Assert.Equal(401, (await client.ObtainAsync($"nobody{i}", "wrong")).Status);
        Assert.Equal(10, (await app.AuditAsync(e => e.Event == "login.failed")).Count);

        clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(401, (await client.ObtainAsync("nobody", "wrong")).Status);
        var rows = await app.AuditAsync(e => e.Event == "login.failed");
        Assert.Equal([("service", "30 more were not recorded"), (null, "UnknownUser")], rows.Skip(10).Select(e => (e.Actor, e.Detail!)));
    }
}
