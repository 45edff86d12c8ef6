using System.Text;
using FrontDoor.TokenService.Tests.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Endpoints;

public sealed class SqliteNastyBodyTests(SqliteStore store) : NastyBodyContract(store), IClassFixture<SqliteStore>;

public sealed class PostgreSqlNastyBodyTests(PostgreSqlStore store) : NastyBodyContract(store), IClassFixture<PostgreSqlStore>;

/// <summary>Whatever is sent: 4xx, in the shape of the contract, with nothing of our insides (security contract 1.6).</summary>
public abstract class NastyBodyContract(TestStore store) : StoreContract(store)
{
    private const string Json = "application/json";
    private const string Form = "application/x-www-form-urlencoded";
    private const string Multipart = "multipart/form-data";

    private static readonly string[] Paths = ["/api/token/", "/api/token/refresh/", "/api/token/verify/", "/api/token/blacklist/"];

    /// <summary>Those that are read, and so are refused for what they say, with the status for each path. Every other is 400 because it is not read at all.</summary>
    private static readonly Dictionary<string, int[]> Read = new()
    {
        ["huge number"] = [401, 401, 401, 401],
        ["endless digits"] = [400, 401, 401, 401],
        ["escaped whole text"] = [400, 400, 401, 400],
        ["line separators"] = [400, 401, 401, 401],
        ["noncharacters"] = [401, 401, 401, 401],
        ["unknown charset"] = [400, 401, 401, 401],
        ["bad percent"] = [401, 401, 401, 401],
        ["surrogate bytes"] = [401, 401, 401, 401],
        ["bad part charset"] = [400, 400, 401, 400],
    };

    public static TheoryData<string, string, string> Bodies => new()
    {
        { "BOM", Json, "\ufeff{}" },
        { "deep arrays", Json, new string('[', 5000) },
        { "deep objects", Json, string.Concat(Enumerable.Repeat("{\"refresh\":", 3000)) },
        { "deep value", Json, """{"username":"a","password":"b","refresh":"c","token":"d","x":""" + new string('[', 100) + new string(']', 100) + "}" },
        { "lone surrogate as name", Json, "{\"\\ud800\":1}" },
        { "lone surrogates as names", Json, "{\"\\ud800\":1,\"\\udc00\":2,\"\\ud800\":3}" },
        { "NUL as name", Json, "{\"\\u0000\":1}" },
        { "empty name", Json, "{\"\":1,\" \":2}" },
        { "duplicate of another kind", Json, "{\"token\":null,\"token\":[]}" },
        { "huge number", Json, "{\"username\":1e999999,\"password\":-1e999999,\"refresh\":1e99,\"token\":1e99}" },
        { "bare huge number", Json, "1e999999" },
        { "endless digits", Json, "{\"token\":" + new string('9', 20_000) + ",\"refresh\":" + new string('9', 20_000) + "}" },
        { "many members", Json, "{" + string.Join(",", Enumerable.Range(0, 4000).Select(i => $"\"m{i}\":0")) + "}" },
        { "raw control character", Json, "{\"username\":\"a\u0001\"}" },
        { "bad escape", Json, "{\"username\":\"\\x41\"}" },
        { "NaN", Json, "{\"username\":NaN}" },
        { "escaped whole text", Json, "{\"token\":\"" + string.Concat(Enumerable.Repeat("\\u0041", 9000)) + "\"}" },
        { "line separators", Json, "{\"username\":\"\u2028\u2029\",\"password\":\"\u2028\",\"refresh\":\"\u2028x\",\"token\":\"\u2029x\"}" },
        { "noncharacters", Json, "{\"username\":\"\uffff\ufffe\",\"password\":\"\uffff\",\"refresh\":\"\uffff\",\"token\":\"\uffff\"}" },
        { "XML", Json, "<?xml version=\"1.0\"?><!DOCTYPE x [<!ENTITY e SYSTEM \"file:///etc/passwd\">]><x>&e;</x>" },
        { "prototype", Json, "{\"__proto__\":{\"username\":\"alice\"},\"constructor\":1}" },
        { "UTF-16 charset", Json + "; charset=utf-16", "{\"username\":\"alice\"}" },
        { "unknown charset", Json + "; charset=klingon", "{\"token\":\"x\",\"refresh\":\"x\"}" },
        { "many form values", Form, string.Join("&", Enumerable.Range(0, 5000).Select(i => $"k{i}=v")) },
        { "long form name", Form, new string('k', 10_000) + "=v" },
        { "bad percent", Form, "username=%&password=%zz&refresh=%e2%28&token=%" },
        { "only separators", Form, "&&&===&=&" },
        { "surrogate bytes", Form, "username=%ed%a0%80&password=%ed%a0%80&refresh=%ed%a0%80&token=%ed%a0%80" },
        { "form with bad charset", Form + "; charset=utf-7", "username=+AGE-&password=b&refresh=c&token=d" },
        { "no boundary", Multipart, "--b\r\n\r\nx\r\n--b--" },
        { "empty boundary", Multipart + "; boundary=\"\"", "--\r\n\r\nx\r\n----" },
        { "long boundary", Multipart + "; boundary=" + new string('b', 500), "x" },
        { "other boundary", Multipart + "; boundary=b", "--c\r\n\r\nx\r\n--c--" },
        { "cut off part", Multipart + "; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"username\"\r\n\r\nali" },
        { "part without name", Multipart + "; boundary=b", "--b\r\n\r\nx\r\n--b--\r\n" },
        { "many part headers", Multipart + "; boundary=b", "--b\r\n" + string.Concat(Enumerable.Range(0, 900).Select(i => $"X-{i}: v\r\n")) + "\r\nx\r\n--b--\r\n" },
        { "file as field", Multipart + "; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"username\"; filename=\"../../x\"\r\n\r\nalice\r\n--b--\r\n" },
        { "bad part charset", Multipart + "; boundary=b", "--b\r\nContent-Disposition: form-data; name=\"token\"\r\nContent-Type: text/plain; charset=klingon\r\n\r\nx\r\n--b--\r\n" },
        { "junk", Multipart + "; boundary=b", "\0\u0001junk" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task NastyText_IsAClientError(string name, string type, string body) => await AssertClientErrorsAsync(name, type, Encoding.UTF8.GetBytes(body));

    /// <summary>In hexadecimal.</summary>
    public static TheoryData<string> NoText =>
    [
        "7b22757365726e616d65223a22ff227d", // {"username":"\xff"}
        "7b22746f6b656e223a22c328222c2272656672657368223a22c328227d", // "token" and "refresh": "\xc3("
        "7b22ff223a317d", // {"\xff":1}
        "7b22ff223a312c22fe223a312c22ff223a317d", // {"\xff":1,"\xfe":1,"\xff":1}
        "fffe7b007d00", // UTF-16 with a byte order mark
        "00",
        "1f8b0800000000000003", // gzip
    ];

    [Theory]
    [MemberData(nameof(NoText))]
    public async Task BytesThatAreNoText_AreAClientError(string hex) => await AssertClientErrorsAsync(hex, Json, Convert.FromHexString(hex));

    /// <param name="name">Of the body, for the message of a failure and in <see cref="Read"/>.</param>
    private async Task AssertClientErrorsAsync(string name, string type, byte[] body)
    {
        var seen = new List<string>();
        foreach (var path in Paths)
        {
            var answer = await Client.PostAsync(path, body, type);
            seen.Add($"{name} at {path}: {answer.Status}");
            Assert.True(answer.Header("Content-Type") == "application/json" && answer.Body.StartsWith('{'), $"{seen[^1]} {answer.Body}");
            Assert.DoesNotMatch("IDX|Exception|   at |System\\.|\\.cs|\\.dll", answer.Body);
        }

        var statuses = Read.GetValueOrDefault(name) ?? [400, 400, 400, 400];
        Assert.Equal(Paths.Zip(statuses, (path, status) => $"{name} at {path}: {status}"), seen);
    }
}
