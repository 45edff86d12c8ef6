using FrontDoor.Gateway.Edge;
using Xunit;

namespace FrontDoor.Gateway.Tests.Edge;

public sealed class RequestTargetTests
{
    [Theory]
    [InlineData("/")]
    [InlineData("/index.html")]
    [InlineData("/api/orders/7")]
    [InlineData("/api/orders/")]
    [InlineData("/.well-known/jwks.json")]
    [InlineData("/a..b/c")]
    [InlineData("/...")]
    [InlineData("/..a")]
    [InlineData("/a;v=1/b")]
    [InlineData("/~user/-_!$&'()*+,=:@")]
    [InlineData("/caf%C3%A9")]
    [InlineData("/caf%c3%a9")]
    [InlineData("/%F0%9F%98%80")]
    [InlineData("/a%20b")]
    [InlineData("/a%2Bb%26c%3D")]
    [InlineData("/x?")]
    [InlineData("/x?q=//../%2e%2e%2f%00%zz\\#;%25")]
    [InlineData("/x?next=http://elsewhere.test/")]
    [InlineData("/?a=b?c")]
    public void UnambiguousTarget_IsNotRefused(string target) => Assert.Null(RequestTarget.Refusal(target));

    [Theory]
    [InlineData("", "target_not_origin_form")]
    [InlineData("*", "target_not_origin_form")]
    [InlineData("http://localhost/x", "target_not_origin_form")]
    [InlineData("http:http://localhost/x", "target_not_origin_form")]
    [InlineData("localhost:80", "target_not_origin_form")]
    [InlineData("x", "target_not_origin_form")]
    [InlineData("?x", "target_not_origin_form")]
    [InlineData("\\x", "target_not_origin_form")]
    [InlineData("//elsewhere.test", "target_empty_segment")]
    [InlineData("/api//orders", "target_empty_segment")]
    [InlineData("/api/orders//", "target_empty_segment")]
    [InlineData("/.", "target_dot_segment")]
    [InlineData("/..", "target_dot_segment")]
    [InlineData("/./x", "target_dot_segment")]
    [InlineData("/api/../admin", "target_dot_segment")]
    [InlineData("/api/..", "target_dot_segment")]
    [InlineData("/api/..?x", "target_dot_segment")]
    [InlineData("/api/..;/admin", "target_dot_segment")]
    [InlineData("/api/..;x=1/admin", "target_dot_segment")]
    [InlineData("/api/.;/admin", "target_dot_segment")]
    [InlineData("/api/%2e%2e/admin", "target_ambiguous_escape")]
    [InlineData("/api/%2E/admin", "target_ambiguous_escape")]
    [InlineData("/api/.%2e/admin", "target_ambiguous_escape")]
    [InlineData("/api%2Fadmin", "target_ambiguous_escape")]
    [InlineData("/api%2fadmin", "target_ambiguous_escape")]
    [InlineData("/api%5cadmin", "target_ambiguous_escape")]
    [InlineData("/api%5Cadmin", "target_ambiguous_escape")]
    [InlineData("/api/..%5cadmin", "target_ambiguous_escape")]
    [InlineData("/api/%252e%252e/admin", "target_ambiguous_escape")]
    [InlineData("/api/%25", "target_ambiguous_escape")]
    [InlineData("/api/%3bx", "target_ambiguous_escape")]
    [InlineData("/api/%3Bx", "target_ambiguous_escape")]
    [InlineData("/api/%23", "target_ambiguous_escape")]
    [InlineData("/api/%3f", "target_ambiguous_escape")]
    [InlineData("/api/%3F", "target_ambiguous_escape")]
    [InlineData("/api/%00", "target_ambiguous_escape")]
    [InlineData("/api/x%00.html", "target_ambiguous_escape")]
    [InlineData("/api/%0d%0aX-Injected:1", "target_ambiguous_escape")]
    [InlineData("/api/%09", "target_ambiguous_escape")]
    [InlineData("/api/%1f", "target_ambiguous_escape")]
    [InlineData("/api/%7F", "target_ambiguous_escape")]
    [InlineData("/api\\admin", "target_illegal_character")]
    [InlineData("/api/..\\admin", "target_illegal_character")]
    [InlineData("/api#x", "target_illegal_character")]
    [InlineData("/api x", "target_illegal_character")]
    [InlineData("/api\tx", "target_illegal_character")]
    [InlineData("/api\0x", "target_illegal_character")]
    [InlineData("/api\u007fx", "target_illegal_character")]
    [InlineData("/caf\u00e9", "target_illegal_character")]
    [InlineData("/%", "target_bad_escape")]
    [InlineData("/%4", "target_bad_escape")]
    [InlineData("/a%4", "target_bad_escape")]
    [InlineData("/%zz", "target_bad_escape")]
    [InlineData("/%4g", "target_bad_escape")]
    [InlineData("/%u0041", "target_bad_escape")]
    [InlineData("/% 4", "target_bad_escape")]
    [InlineData("/%+4", "target_bad_escape")]
    [InlineData("/%4?1", "target_bad_escape")]
    [InlineData("/%C0%AE%C0%AE/admin", "target_not_utf8")]
    [InlineData("/%C0%AF", "target_not_utf8")]
    [InlineData("/%E0%80%AF", "target_not_utf8")]
    [InlineData("/%C3", "target_not_utf8")]
    [InlineData("/%A9", "target_not_utf8")]
    [InlineData("/%ED%A0%80", "target_not_utf8")]
    [InlineData("/%F5%80%80%80", "target_not_utf8")]
    [InlineData("/%ff", "target_not_utf8")]
    public void AmbiguousTarget_IsRefusedWithItsReason(string target, string reason) => Assert.Equal(reason, RequestTarget.Refusal(target));

    [Fact]
    public void EverySingleEscapedByte_IsRefusedOrPlain()
    {
        for (var octet = 0; octet < 256; octet++)
        {
            var refusal = RequestTarget.Refusal($"/a/%{octet:X2}b");
            var mayPass = octet is >= 0x20 and < 0x7f && !"/\\%.;#?".Contains((char)octet, StringComparison.Ordinal);
            Assert.True(mayPass == refusal is null, $"%{octet:X2}: {refusal}");
        }
    }

    [Fact]
    public void LongTarget_IsJudgedWithoutOverflow() => Assert.Null(RequestTarget.Refusal("/" + string.Concat(Enumerable.Repeat("%C3%A9", 100_000))));
}
