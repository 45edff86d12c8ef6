using System.Text.Json;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Keys;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.JsonWebTokens;
using Xunit;

namespace FrontDoor.TokenService.Tests.RefreshTokens;

/// <summary>Tokens far larger than any that is issued are refused by their size alone, whoever signed them.</summary>
public sealed class LargeTokenTests(AppFixture service) : IClassFixture<AppFixture>
{
    // The head alone: it is refused before a byte of the body is read, and whoever goes on sending may find the connection closed.
    [Theory]
    [InlineData("refresh")]
    [InlineData("verify")]
    [InlineData("blacklist")]
    public async Task TokenOfAMegabyte_IsLargerThanABodyMayBe(string endpoint)
    {
        var answer = await RawHttp.RequestAsync(service.App.Address, "POST", $"/api/token/{endpoint}/", "Content-Type: application/json", "Content-Length: 1000014");
        Assert.Equal(413, RawHttp.Status(answer));
        Assert.EndsWith("""{"detail":"Request body is larger than 65536 bytes."}""", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(40_000)]
    [InlineData(1_000_000)]
    public async Task TokenInTheHeader_LargerThanIsRead(int size)
    {
        var answer = await RawHttp.RequestAsync(service.App.Address, "GET", "/api/sessions", $"Authorization: Bearer {new string('x', size)}");
        // Who is still sending may find the connection reset instead of the answer.
        Assert.True(answer.Length == 0 || RawHttp.Status(answer) == 431, answer);
        Assert.Equal(200, RawHttp.Status(await RawHttp.RequestAsync(service.App.Address, "GET", "/health/live")));
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(30_000)]
    public async Task LargeTokenInTheHeader_IsRefused(int size) =>
        (await service.Client.SendAsync(HttpMethod.Get, "/api/sessions", Enlarged((await service.Client.ObtainAsync()).Access, size))).Is(401, Reply.AccessTokenNotValid("Token is invalid"));

    // The first shows that it is the size: what is signed like that is good.
    [Theory]
    [InlineData(2_000, true)]
    [InlineData(20_000, false)]
    [InlineData(60_000, false)]
    public async Task TokenWithASignatureOfOurs_IsGoodUpToASizeThatNoneOfOursHas(int size, bool good)
    {
        var pair = await service.Client.ObtainAsync();
        var (access, refresh) = (Enlarged(pair.Access, size), Enlarged(pair.Refresh, size));
        Reply[] answers = [await service.Client.VerifyAsync(access), await service.Client.VerifyAsync(refresh), await service.Client.RefreshAsync(refresh)];
        foreach (var answer in answers)
        {
            if (good) answer.Succeeded();
            else answer.Is(401, Reply.TokenNotValid("Token is invalid"));
        }

        // Whoever sent it has used nothing up.
        if (!good) (await service.Client.RefreshAsync(pair.Refresh)).Succeeded();
    }

    /// <summary>The token with a claim of so many bytes, signed by the service's own key.</summary>
    private string Enlarged(string token, int size)
    {
        var payload = Jwt.Read(token).Payload[..^1] + $$""","pad":"{{new string('x', size * 3 / 4)}}"}""";
        var type = JsonElement.Parse(Jwt.Read(token).Header).GetProperty("typ").GetString()!;
        var key = service.App.Services.GetRequiredService<KeyRing>().Current;
        var enlarged = new JsonWebTokenHandler().CreateToken(payload, key, new Dictionary<string, object> { ["typ"] = type });
        Assert.InRange(enlarged.Length, size, size + 2_000);
        return enlarged;
    }
}
