using FrontDoor.TestKit;
using FrontDoor.TokenService.Revocations;
using Xunit;

namespace FrontDoor.TokenService.Tests.Revocations;

public sealed class RevocationOptionsTests : IDisposable
{
    private readonly TestFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Defaults_AreLegal() => Assert.Empty(Faults(new RevocationOptions()));

    [Theory]
    [InlineData("0123456789abcdef\n", true)]
    [InlineData("0123456789abcde \n", false)]
    [InlineData("", false)]
    public void FeedKey_HasAtLeast16Characters(string content, bool legal)
    {
        var file = _folder.Write("key", content);
        Assert.Equal(
            legal ? [] : [$"Revocations:FeedKeyFile must name a file with a secret of at least 16 characters: {file}"],
            Faults(new RevocationOptions { FeedKeyFile = file }));
    }

    [Fact]
    public void SeveralFaults_AreAllReported() => Assert.Equal(
        ["Revocations:FeedKeyFile must name a file with a secret of at least 16 characters: /absent",
            "Revocations:PollInterval is 00:00:11; it must be from 00:00:00.05 to 00:00:10",
            "Revocations:Heartbeat is 00:02:00; it must be from 00:00:01 to 00:01:00"],
        Faults(new RevocationOptions { FeedKeyFile = "/absent", PollInterval = TimeSpan.FromSeconds(11), Heartbeat = TimeSpan.FromMinutes(2) }));

    private static IEnumerable<string> Faults(RevocationOptions options) => new RevocationOptionsValidator().Validate(null, options).Failures ?? [];
}
