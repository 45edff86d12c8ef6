using System.Buffers.Text;
using FrontDoor.TokenService.Clients;
using Xunit;

namespace FrontDoor.TokenService.Tests.Clients;

public sealed class ClientSecretsTests
{
    [Fact]
    public void NewSecret_Has256BitsBehindItsPrefix()
    {
        var secrets = Enumerable.Range(0, 100).Select(_ => ClientSecrets.New()).ToHashSet();
        Assert.Equal(100, secrets.Count);
        Assert.All(secrets, secret => Assert.Equal(32, Base64Url.DecodeFromChars(secret.AsSpan("frontdoor_secret_".Length)).Length));
    }

    [Theory]
    [InlineData("current", 99, true)]
    [InlineData("current", 100, true)]
    [InlineData("previous", 99, true)]
    [InlineData("previous", 100, false)]
    [InlineData("other", 99, false)]
    [InlineData("", 99, false)]
    [InlineData("----------------------------------------------------------------", 99, false)]
    public void CurrentSecretMatches_ThePreviousOneForItsTime(string secret, long now, bool matches) =>
        Assert.Equal(matches, ClientSecrets.Matches(Client(previousUntil: 100), secret, now));

    [Fact]
    public void UnknownClientOrPreviousSecretWithoutTime_MatchesNothing()
    {
        Assert.False(ClientSecrets.Matches(null, "", 0));
        Assert.False(ClientSecrets.Matches(null, new string('-', 64), 0));
        Assert.False(ClientSecrets.Matches(Client(previousUntil: null), "previous", 0));
    }

    private static Client Client(long? previousUntil) => new()
    {
        Id = "c",
        SecretHash = ClientSecrets.Hash("current"),
        PreviousSecretHash = ClientSecrets.Hash("previous"),
        PreviousSecretUntil = previousUntil,
        Scopes = "",
        CreatedAt = 0,
        SecretChangedAt = 0,
    };
}
