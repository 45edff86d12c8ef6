using FrontDoor.Gateway.Streams;
using Xunit;

namespace FrontDoor.Gateway.Tests.Streams;

public sealed class MessageBoundaryTests
{
    [Theory]
    [InlineData("8100")] // empty text
    [InlineData("8101ff")]
    [InlineData("8900")] // ping
    [InlineData("817e0003010203")] // 16 bits of length
    [InlineData("817f0000000000000003010203")] // 64 bits of length
    [InlineData("818200000000ffff")] // masked
    [InlineData("81fe000300000000010203")]
    [InlineData("0101ff80017f")] // two fragments
    public void WholeFrames_EndAtABoundaryAndNowhereElse(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var frames = new WebSocketFrames();
        Assert.True(frames.IsReached);
        foreach (var part in bytes[..^1]) frames.Advance([part]);
        Assert.False(frames.IsReached);
        frames.Advance(bytes.AsSpan(bytes.Length - 1));
        Assert.True(frames.IsReached);
        Assert.False(frames.Closed);
    }

    [Fact]
    public void FramesInOnePiece_AreFollowedLikeSingleBytes()
    {
        var frames = new WebSocketFrames();
        frames.Advance(Convert.FromHexString("8101ff" + "817e0003010203" + "8100" + "8105"));
        Assert.False(frames.IsReached);
        frames.Advance(new byte[5]);
        Assert.True(frames.IsReached);
    }

    [Theory]
    [InlineData("880203e8")]
    [InlineData("8800")]
    public void CloseFrame_IsSeen(string hex)
    {
        var frames = new WebSocketFrames();
        frames.Advance(Convert.FromHexString(hex));
        Assert.True(frames.Closed);
    }

    [Fact]
    public void CloseFrameOfOurs_HasCodeAndReason() =>
        Assert.Equal("880703F0" + "746F6B656E", Convert.ToHexString(WebSocketFrames.Close(1008, "token"u8)));

    [Theory]
    [InlineData("0000000000")]
    [InlineData("0100000003010203")]
    public void WholeGrpcMessages_EndAtABoundaryAndNowhereElse(string hex)
    {
        var bytes = Convert.FromHexString(hex);
        var messages = new GrpcMessages();
        foreach (var part in bytes[..^1]) messages.Advance([part]);
        Assert.False(messages.IsReached);
        messages.Advance(bytes.AsSpan(bytes.Length - 1));
        Assert.True(messages.IsReached);
    }

    [Fact]
    public void LengthBeyondAnyInteger_IsJustLong()
    {
        var frames = new WebSocketFrames();
        frames.Advance(Convert.FromHexString("827fffffffffffffffff"));
        frames.Advance(new byte[100_000]);
        Assert.False(frames.IsReached);
    }
}
