using System.Globalization;
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

    [Theory]
    [InlineData("7b22757365726e616d65223a22ff227d")] // {"username":"\xff"}
    [InlineData("7b22746f6b656e223a22c328222c2272656672657368223a22c328227d")] // "token" and "refresh": "\xc3("
    [InlineData("7b22ff223a317d")] // {"\xff":1}
    [InlineData("7b22ff223a312c22fe223a312c22ff223a317d")] // {"\xff":1,"\xfe":1,"\xff":1}
    [InlineData("fffe7b007d00")] // UTF-16 with a byte order mark
    [InlineData("00")]
    [InlineData("1f8b0800000000000003")] // gzip
    public async Task BytesThatAreNoText_AreAClientError(string hex) => await AssertClientErrorsAsync(hex, Json, Convert.FromHexString(hex));

    private async Task AssertClientErrorsAsync(string name, string type, byte[] body)
    {
        foreach (var path in Paths)
        {
            var answer = await Client.PostAsync(path, body, type);
            var seen = string.Create(CultureInfo.InvariantCulture, $"{name} at {path}: {answer.Status} {answer.Body}");
            Assert.True(answer.Status is 400 or 401, seen);
            Assert.True(answer.Header("Content-Type") == "application/json" && answer.Body.StartsWith('{'), seen);
            Assert.DoesNotMatch("IDX|Exception|   at |System\\.|\\.cs|\\.dll", answer.Body);
        }
    }
}
