using System.Diagnostics;
using FrontDoor.Gateway.Observability;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace FrontDoor.Gateway.Tests.Observability;

public sealed class RequestTraceTests
{
    private const string Trace = "0af7651916cd43dd8448eb211c80319c";
    private const string Parent = $"00-{Trace}-b7ad6b7169203331-";

    private readonly DefaultHttpContext _context = new();

    [Fact]
    public void NewTrace_IsTheSameEachTimeAndAnotherForEachRequest()
    {
        var parent = RequestTrace.ParentOf(_context);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-00$", parent);
        Assert.Equal(parent, RequestTrace.ParentOf(_context));
        Assert.Equal(parent[3..35], RequestTrace.IdOf(_context));
        Assert.False(RequestTrace.IsOfClient(_context));
        Assert.NotEqual(RequestTrace.IdOf(_context), RequestTrace.IdOf(new DefaultHttpContext()));
    }

    [Theory]
    [InlineData("00", "00")]
    [InlineData("01", "01")]
    [InlineData("03", "03")] // the random trace of Level 2
    [InlineData("0a", "02")] // flags that nobody knows
    [InlineData("0b", "03")]
    [InlineData("ff", "03")]
    public void ClientsTrace_GoesOnInASpanOfItsOwn(string flags, string kept)
    {
        _context.Request.Headers.TraceParent = Parent + flags;
        var parent = RequestTrace.ParentOf(_context);
        Assert.Matches($"^00-{Trace}-[0-9a-f]{{16}}-{kept}$", parent);
        Assert.NotEqual(Parent + kept, parent);
        Assert.Equal(Trace, RequestTrace.IdOf(_context));
        Assert.True(RequestTrace.IsOfClient(_context));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData($"00-{Trace}-0000000000000000-01")]
    [InlineData($"00-{Trace}-b7ad6b7169203331-0")]
    [InlineData($"00-{Trace}-b7ad6b7169203331-01-more")]
    [InlineData($"00-{Trace}-b7ad6b7169203331-0x")]
    public void MalformedTrace_IsNotTheClients(string sent)
    {
        _context.Request.Headers.TraceParent = sent;
        Assert.DoesNotContain(Trace, RequestTrace.ParentOf(_context), StringComparison.Ordinal);
        Assert.False(RequestTrace.IsOfClient(_context));
    }

    [Fact]
    public void Activity_IsWhatIsTold()
    {
        using var activity = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start();
        Assert.Equal(activity.Id, RequestTrace.ParentOf(_context));
        Assert.Equal(activity.TraceId.ToHexString(), RequestTrace.IdOf(_context));
    }
}
