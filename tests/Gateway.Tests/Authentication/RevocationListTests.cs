using System.Text.Json;
using FrontDoor.Gateway.Authentication;
using FrontDoor.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class RevocationListTests
{
    private readonly TestClock _time = new();

    [Fact]
    public void EmptyList_RevokesNothing()
    {
        var list = new RevocationList(_time);
        Assert.False(Revokes(list, "a", "kid"));
        Assert.False(Revokes(list, null, "kid"));
        Assert.Equal(-1, list.LastId);
    }

    [Fact]
    public void SnapshotsAndDeltas_AddUp_AndNothingIsTakenBack()
    {
        var list = new RevocationList(_time);
        list.Add([Entry(1, "a"), Entry(2, "b")], 2);
        list.Add([Entry(3, "c")], 3);
        Assert.All(new[] { "a", "b", "c" }, session => Assert.True(Revokes(list, session, "kid")));
        Assert.Equal(3, list.LastId);

        // The snapshot of a node that lags behind.
        list.Add([Entry(1, "a")], 1);
        Assert.True(Revokes(list, "c", "kid"));
        Assert.Equal(1, list.LastId);
    }

    [Fact]
    public void EntryPastItsTime_IsForgottenAtTheNextChange()
    {
        var list = new RevocationList(_time);
        list.Add([Entry(1, "a")], 1);
        _time.Advance(TimeSpan.FromMinutes(61));
        list.Add([Entry(2, "b")], 2);
        Assert.Equal([new RevokedName("session", "b")], list.Entries.Keys);
    }

    [Fact]
    public void ClockThatWasAheadForAWhile_NothingIsForgotten()
    {
        using var folder = new TestFolder();
        var state = new RevocationState(folder.File("revocations.json"), NullLogger.Instance);
        var list = new RevocationList(_time);
        list.Add([Entry(1, "before")], 1);
        state.Save(list);

        _time.Set(TimeSpan.FromHours(2));
        list.Add([new RevocationEntry(2, "session", "meanwhile", _time.GetUtcNow().AddMinutes(-110).ToUnixTimeSeconds())], 2);
        var restarted = new RevocationList(_time);
        state.LoadInto(restarted);
        _time.Set(TimeSpan.FromHours(-2));
        list.Add([Entry(3, "after")], 3);

        Assert.All(new[] { "before", "meanwhile", "after" }, session => Assert.True(Revokes(list, session, "kid"), session));
        Assert.True(Revokes(restarted, "before", "kid"));
    }

    [Fact]
    public void KindOfAnotherVersion_IsNotTakenForASession()
    {
        var list = new RevocationList(_time);
        list.Add([new RevocationEntry(1, "planet", "a", long.MaxValue)], 1);
        Assert.False(Revokes(list, "a", "kid"));
    }

    [Fact]
    public void RevokedKey_TakesAllItsTokensAndNoSessionOfThatName()
    {
        var list = new RevocationList(_time);
        list.Add([new RevocationEntry(1, "key", "old", long.MaxValue)], 1);
        Assert.True(Revokes(list, "any", "old"));
        Assert.True(Revokes(list, null, "old"));
        Assert.False(Revokes(list, "old", "new"));
    }

    [Theory]
    [InlineData("session", "sid")]
    [InlineData("client", "client_registration")]
    [InlineData("token", "jti")]
    public void RevokedSubject_TakesTokensWithThatClaimAndNoOther(string kind, string claim)
    {
        var list = new RevocationList(_time);
        list.Add([new RevocationEntry(1, kind, "a", long.MaxValue)], 1);
        Assert.All(new[] { "sid", "client_registration", "jti", "client_id", "sub" }, other => Assert.Equal(other == claim, RevokesClaims(list, new() { [other] = "a" }, "a")));
        Assert.False(RevokesClaims(list, new() { [claim] = "b" }, "kid"));
    }

    [Fact]
    public void ClaimsThatAreNoText_AreNoHarm()
    {
        var list = new RevocationList(_time);
        list.Add([new RevocationEntry(1, "client", "a", long.MaxValue)], 1);
        foreach (var value in new object?[] { 1, true, null, new[] { "a" }, new Dictionary<string, string> { ["a"] = "a" } })
            Assert.False(RevokesClaims(list, new() { ["sid"] = value, ["client_registration"] = value }, "kid"));
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
        list.Add([Entry(7, "a")], 7);
        state.Save(list);

        var loaded = new RevocationList(_time);
        state.LoadInto(loaded);
        Assert.True(Revokes(loaded, "a", "kid"));
        Assert.Equal(7, loaded.LastId);

        folder.Write("gateway/revocations.json", "{\"lastId\":");
        var fresh = new RevocationList(_time);
        state.LoadInto(fresh);
        Assert.Equal(-1, fresh.LastId);
    }

    [Fact]
    public void WhatComesLater_IsAddedToTheFile()
    {
        using var folder = new TestFolder();
        var file = folder.File("revocations.json");
        var state = new RevocationState(file, NullLogger.Instance);
        var list = new RevocationList(_time);
        Take(list, state, Entry(1, "a"));
        var first = File.ReadAllText(file);

        Take(list, state, Entry(2, "b"));
        Take(list, state, Entry(3, "c"), Entry(4, "c"));

        Assert.StartsWith(first, File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal(3, File.ReadLines(file).Count());
        var loaded = Load(file);
        Assert.All(new[] { "a", "b", "c" }, session => Assert.True(Revokes(loaded, session, "kid"), session));
        Assert.Equal(4, loaded.LastId);
    }

    [Fact]
    public void FileWithMoreAddedThanTheListHas_IsWrittenAnew()
    {
        using var folder = new TestFolder();
        var file = folder.File("revocations.json");
        var state = new RevocationState(file, NullLogger.Instance);
        var list = new RevocationList(_time);
        for (var id = 1; id <= 2500; id++) Take(list, state, Entry(id, id % 2 == 0 ? "even" : "odd"));

        Assert.InRange(File.ReadLines(file).Count(), 400, 1001);
        var loaded = Load(file);
        Assert.Equal(2, loaded.Entries.Count);
        Assert.Equal(2500, loaded.LastId);
    }

    [Fact]
    public void FileThatEndsWithinALine_KeepsWhatIsBeforeIt()
    {
        using var folder = new TestFolder();
        var file = folder.File("revocations.json");
        var list = new RevocationList(_time);
        Take(list, new RevocationState(file, NullLogger.Instance), Entry(7, "a"));
        File.AppendAllText(file, "{\"lastId\":8,\"entries\":{\"session:b");

        var loaded = Load(file);
        Assert.True(Revokes(loaded, "a", "kid"));
        Assert.Equal(7, loaded.LastId);

        // And whoever goes on with it writes no line behind the half one.
        Take(loaded, new RevocationState(file, NullLogger.Instance), Entry(8, "b"));
        Assert.True(Revokes(Load(file), "a", "kid"));
        Assert.True(Revokes(Load(file), "b", "kid"));
    }

    [Fact]
    public void FileThatSomebodyElseHasWritten_IsWrittenAnew()
    {
        using var folder = new TestFolder();
        var file = folder.File("revocations.json");
        var (state, other) = (new RevocationState(file, NullLogger.Instance), new RevocationState(file, NullLogger.Instance));
        var (list, lagging) = (new RevocationList(_time), new RevocationList(_time));
        Take(list, state, Entry(1, "a"), Entry(2, "b"));
        Take(lagging, other, Entry(1, "a"));

        Take(list, state, Entry(3, "c"));

        var loaded = Load(file);
        Assert.All(new[] { "a", "b", "c" }, session => Assert.True(Revokes(loaded, session, "kid"), session));
    }

    [Fact]
    public void WhatCannotBeAdded_IsWrittenWithTheWholeList()
    {
        using var folder = new TestFolder();
        var file = folder.File("revocations.json");
        var state = new RevocationState(file, NullLogger.Instance);
        var list = new RevocationList(_time);
        Take(list, state, Entry(1, "a"));
        // Nobody else may open it; another file may take its place.
        using (new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.None)) Take(list, state, Entry(2, "b"));

        Assert.Single(File.ReadLines(file));
        var loaded = Load(file);
        Assert.All(new[] { "a", "b" }, session => Assert.True(Revokes(loaded, session, "kid"), session));
    }

    [Theory]
    [InlineData("planet")]
    [InlineData("")]
    public void EntriesOfAnotherVersion_AreNotKept_AndHideNothing(string kind)
    {
        using var folder = new TestFolder();
        var file = folder.File("revocations.json");
        var state = new RevocationState(file, NullLogger.Instance);
        var list = new RevocationList(_time);
        Take(list, state, Entry(1, "a"));
        Take(list, state, new RevocationEntry(2, kind, "x", long.MaxValue), Entry(3, "b"));
        Take(list, state, Entry(4, "c"));

        var loaded = Load(file);
        Assert.Equal(["a", "b", "c"], loaded.Entries.Keys.Select(name => name.Subject).Order());
        Assert.Equal(4, loaded.LastId);
    }

    [Fact]
    public void FileThatWasRemoved_IsWrittenAnew()
    {
        using var folder = new TestFolder();
        var file = folder.File("revocations.json");
        var state = new RevocationState(file, NullLogger.Instance);
        var list = new RevocationList(_time);
        Take(list, state, Entry(1, "a"));
        File.Delete(file);
        Take(list, state, Entry(2, "b"));
        Assert.True(Revokes(Load(file), "a", "kid"));
    }

    private static void Take(RevocationList list, RevocationState state, params RevocationEntry[] entries)
    {
        list.Add(entries, entries[^1].Id);
        state.Add(list, entries);
    }

    private RevocationList Load(string file)
    {
        var list = new RevocationList(_time);
        new RevocationState(file, NullLogger.Instance).LoadInto(list);
        return list;
    }

    private static bool Revokes(RevocationList list, string? session, string kid) =>
        RevokesClaims(list, session is null ? [] : new() { ["sid"] = session }, kid);

    private static bool RevokesClaims(RevocationList list, Dictionary<string, object?> claims, string kid) =>
        list.Revokes(RevocableNames.Of(JsonSerializer.SerializeToElement(claims), kid));

    private RevocationEntry Entry(long id, string session) => new(id, "session", session, _time.GetUtcNow().AddMinutes(10).ToUnixTimeSeconds());
}
