using System.Text.RegularExpressions;
using FrontDoor.TestKit;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed partial class RequestIdTests(SharedGateway gateway, ProxiedGateway proxied)
{
    private const string Parent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

    [Theory]
    [InlineData("X-Request-Id")]
    [InlineData("X_Request_Id")]
    public async Task ClientsId_IsReplaced(string field)
    {
        var path = SharedGateway.AnonymousPath();
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", path, $"{field}: chosen");
        Assert.Matches("^[0-9a-f]{32}$", IdOf(answer));
        Assert.Equal(IdOf(answer), gateway.Arrived(path).Header("X-Request-Id"));
        Assert.Null(gateway.Arrived(path).Header("X_Request_Id"));
    }

    [Theory]
    [InlineData("from-the.proxy_1", true)]
    [InlineData("", false)]
    [InlineData("two words", false)]
    [InlineData("line%0d", false)]
    [InlineData("128", true)]
    [InlineData("129", false)]
    public async Task ProxysId_IsKeptWhenItIsLegal(string id, bool kept)
    {
        if (int.TryParse(id, out var length)) id = new string('x', length);
        var (answer, arrived) = await proxied.SendAsync(proxied.ReadsXForwarded, $"X-Request-Id: {id}");
        Assert.Equal(kept, IdOf(answer) == id);
        Assert.Equal(IdOf(answer), arrived!.Header("X-Request-Id"));
    }

    [Fact]
    public async Task ProblemAndAccessLog_HaveTheIdOfTheAnswer()
    {
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", SharedGateway.ProtectedPath());
        var body = ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 401, "not_authenticated");
        Assert.Equal(IdOf(answer), body.GetProperty("requestId").GetString());
        await Until.TrueAsync(() => gateway.App.Logs.All.Any(l => l.Contains($" request={IdOf(answer)} ", StringComparison.Ordinal)), "a line of access log with the id");
    }

    [Fact]
    public async Task RefusedRequest_HasAnIdToo()
    {
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", "/a//b");
        Assert.Equal(400, RawHttp.Status(answer));
        Assert.NotEmpty(IdOf(answer));
    }

    [Fact]
    public async Task TraceOfTheClient_GoesOnToTheBackEnd()
    {
        var path = SharedGateway.AnonymousPath();
        await RawHttp.RequestAsync(gateway.Address, "GET", path, $"traceparent: {Parent}", "tracestate: vendor=1");
        var arrived = gateway.Arrived(path);
        Assert.StartsWith(Parent[..36], arrived.Header("traceparent"), StringComparison.Ordinal);
        Assert.NotEqual(Parent, arrived.Header("traceparent"));
        Assert.Equal("vendor=1", arrived.Header("tracestate"));
    }

    [Fact]
    public async Task Problem_HasTheTraceOfTheClient()
    {
        var answer = await RawHttp.RequestAsync(gateway.Address, "GET", SharedGateway.ProtectedPath(), $"traceparent: {Parent}");
        var body = ProblemAssert.Is(answer[answer.IndexOf('{', StringComparison.Ordinal)..], 401, "not_authenticated");
        Assert.Equal(Parent[3..35], body.GetProperty("traceId").GetString());
    }

    [Theory]
    [InlineData("traceparent: nonsense")]
    [InlineData("traceparent: 00-00000000000000000000000000000000-b7ad6b7169203331-01")]
    [InlineData("traceparent: 00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01")]
    [InlineData("traceparent: ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    [InlineData("traceparent: " + Parent + "\r\ntraceparent: " + Parent)]
    [InlineData("Request-Id: |chosen.1.")]
    [InlineData("X-Nothing: 1")]
    public async Task MalformedTrace_IsReplacedByANewOne(string fields)
    {
        var path = SharedGateway.AnonymousPath();
        await RawHttp.RequestAsync(gateway.Address, "GET", path, fields, "tracestate: vendor=1");
        var arrived = gateway.Arrived(path);
        Assert.Null(arrived.Header("tracestate"));
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]$", arrived.Header("traceparent"));
        Assert.DoesNotContain("0af7651916cd43dd8448eb211c80319c", arrived.Header("traceparent")!, StringComparison.OrdinalIgnoreCase);
    }

    private static string IdOf(string answer) => Assert.Single(IdField().Matches(answer)).Groups[1].Value;

    [GeneratedRegex("^X-Request-Id: (.*)\r$", RegexOptions.Multiline)]
    private static partial Regex IdField();
}
