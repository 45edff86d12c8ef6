using FrontDoor.Gateway.Authentication;
using FrontDoor.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class RevocationListTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void EmptyList_RevokesNothing()
    {
        var list = new RevocationList(_time);
        Assert.False(list.Revokes("a", "kid"));
        Assert.False(list.Revokes(null, "kid"));
        Assert.Equal(-1, list.LastId);
    }

    [Fact]
    public void SnapshotThenDelta_AddUp_AndASnapshotReplacesAll()
    {
        var list = new RevocationList(_time);
        list.Replace([Entry(1, "a"), Entry(2, "b")], 2);
        list.Add([Entry(3, "c")], 3);
        Assert.All(new[] { "a", "b", "c" }, session => Assert.True(list.Revokes(session, "kid")));
        Assert.Equal(3, list.LastId);

        list.Replace([Entry(9, "z")], 9);
        Assert.False(list.Revokes("a", "kid"));
        Assert.True(list.Revokes("z", "kid"));
    }

    [Fact]
    public void EntryPastItsTime_IsForgottenAtTheNextChange()
    {
        var list = new RevocationList(_time);
        list.Add([Entry(1, "a")], 1);
        _time.Advance(TimeSpan.FromMinutes(11));
        list.Add([Entry(2, "b")], 2);
        Assert.Equal(["session:b"], list.Entries.Keys);
    }

    [Fact]
    public void KindOfAnotherVersion_IsNotTakenForASession()
    {
        var list = new RevocationList(_time);
        list.Add([new RevocationEntry(1, "planet", "a", long.MaxValue)], 1);
        Assert.False(list.Revokes("a", "kid"));
    }

    [Fact]
    public void RevokedKey_TakesAllItsTokensAndNoSessionOfThatName()
    {
        var list = new RevocationList(_time);
        list.Add([new RevocationEntry(1, "key", "old", long.MaxValue)], 1);
        Assert.True(list.Revokes("any", "old"));
        Assert.True(list.Revokes(null, "old"));
        Assert.False(list.Revokes("old", "new"));
    }

    [Fact]
    public void FeedHeard_CountsForTheGivenTime()
    {
        var list = new RevocationList(_time);
        Assert.False(list.HeardWithin(TimeSpan.FromHours(1)));
        list.Hear();
        _time.Advance(TimeSpan.FromSeconds(10));
        Assert.True(list.HeardWithin(TimeSpan.FromSeconds(10)));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.False(list.HeardWithin(TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void SavedList_IsLoadedAgain_AndAGarbledFileIsNoHarm()
    {
        using var folder = new TestFolder();
        var state = new RevocationState(folder.File("gateway/revocations.json"), NullLogger.Instance);
        var list = new RevocationList(_time);
        list.Replace([Entry(7, "a")], 7);
        state.Save(list);

        var loaded = new RevocationList(_time);
        state.LoadInto(loaded);
        Assert.True(loaded.Revokes("a", "kid"));
        Assert.Equal(7, loaded.LastId);

        folder.Write("gateway/revocations.json", "{\"lastId\":");
        var fresh = new RevocationList(_time);
        state.LoadInto(fresh);
        Assert.Equal(-1, fresh.LastId);
    }

    private RevocationEntry Entry(long id, string session) => new(id, "session", session, _time.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds());
}
