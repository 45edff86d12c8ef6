using FrontDoor.Gateway.Authentication;
using FrontDoor.Gateway.Edge;
using FrontDoor.TestKit;
using Microsoft.IdentityModel.Tokens;
using Xunit;

namespace FrontDoor.Gateway.Tests.Authentication;

public sealed class LatestTokensTests
{
    private readonly LatestTokens _latest = new();

    [Fact]
    public void SamePartOfTheSameText_IsFound()
    {
        var field = Field("Bearer aaa.bbb.ccc");
        var entry = Entry();
        Meet(field.AsMemory(7), entry);
        Assert.Same(entry, _latest.Find(field.AsMemory(7)));
        Assert.Null(_latest.Find(field.AsMemory(8)));
        Assert.Null(_latest.Find(field.AsMemory(7, 10)));
    }

    [Fact]
    public void EqualTextOfAnother_IsNotFound()
    {
        Meet(Field("Bearer aaa.bbb.ccc").AsMemory(7), Entry());
        Assert.Null(_latest.Find(Field("Bearer aaa.bbb.ccc").AsMemory(7)));
    }

    [Fact]
    public void WhatIsNotPartOfAText_IsNotKept()
    {
        var characters = "aaa.bbb.ccc".ToCharArray();
        Meet(characters, Entry());
        Assert.Null(_latest.Find(characters));
    }

    [Theory]
    [InlineData(2048, true)]
    [InlineData(2049, false)]
    public void LongText_IsNotKept(int length, bool kept)
    {
        var field = Field(new string('a', length));
        Meet(field.AsMemory(1), Entry());
        Assert.Equal(kept, _latest.Find(field.AsMemory(1)) is not null);
    }

    [Fact]
    public void TextThatWasMetOnce_IsNotKept()
    {
        var field = Field("Bearer aaa.bbb.ccc");
        _latest.Meet(field.AsMemory(7), Entry());
        Assert.Null(_latest.Find(field.AsMemory(7)));
    }

    [Fact]
    public void TextOfItsOwn_IsNotKept()
    {
        // As of a cookie: made for one request.
        var text = Field("aaa.bbb.ccc");
        Meet(text.AsMemory(), Entry());
        Assert.Null(_latest.Find(text.AsMemory()));
    }

    [Fact]
    public void RemovedText_IsNotFoundAndNoOtherGoes()
    {
        var (field, other) = (Field("Bearer aaa.bbb.ccc"), Field("Bearer aaa.bbb.ccc"));
        Meet(field.AsMemory(7), Entry());
        _latest.Remove(other.AsMemory(7));
        _latest.Remove(field.AsMemory(8));
        Assert.NotNull(_latest.Find(field.AsMemory(7)));
        _latest.Remove(field.AsMemory(7));
        Assert.Null(_latest.Find(field.AsMemory(7)));
    }

    [Fact]
    public void MoreThanFit_EachIsFoundAsItselfOrNotAtAll()
    {
        var added = Enumerable.Range(0, 5_000).Select(i => (Field: Field($"Bearer {i}"), Entry: Entry())).ToArray();
        foreach (var (field, entry) in added) Meet(field.AsMemory(7), entry);
        var found = added.Select(a => (a.Entry, Found: _latest.Find(a.Field.AsMemory(7)))).Where(a => a.Found is not null).ToArray();
        Assert.InRange(found.Length, 1, LatestTokens.Most);
        Assert.All(found, a => Assert.Same(a.Entry, a.Found));
    }

    /// <summary>What it relies on: otherwise it would find nothing, and nobody would notice.</summary>
    [Fact]
    public async Task Server_GivesTheSameTextForWhatAConnectionRepeats()
    {
        var fields = new List<string?>();
        await using var server = await TestServer.StartAsync(
            context =>
            {
                fields.Add(context.Request.Headers.Authorization[0]);
                return Task.CompletedTask;
            },
            listen: kestrel => kestrel.RequestHeaderEncodingSelector = LengthDigits.Of);
        using var client = Client.For(server.Address);
        foreach (var token in new[] { "one", "one", "two", "one" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { { "Authorization", $"Bearer {token}" } } };
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
        }

        Assert.Equal(["Bearer one", "Bearer one", "Bearer two", "Bearer one"], fields);
        Assert.Same(fields[0], fields[1]);
        Assert.NotSame(fields[0], fields[3]);
    }

    private void Meet(ReadOnlyMemory<char> token, ValidatedToken entry)
    {
        _latest.Meet(token, entry);
        _latest.Meet(token, entry);
    }

    // Never one that the compiler shares.
    private static string Field(string text) => new(text.AsSpan());

    private static ValidatedToken Entry() => new(new TokenClaims(default), null!, new JsonWebKey(), default, DateTime.MaxValue);
}
