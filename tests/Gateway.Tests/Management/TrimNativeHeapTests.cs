using FrontDoor.Gateway.Management;
using FrontDoor.TestKit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace FrontDoor.Gateway.Tests.Management;

public sealed class TrimNativeHeapTests(SharedGateway gateway)
{
    [Fact]
    public Task FreedMemory_GoesBackToTheSystemWithinAMinute() => NativeHeapAssert.TrimsAsync(clock => new TrimNativeHeap(clock), TrimNativeHeap.Interval);

    [Fact]
    public Task FreeEndOfAnArena_GoesBackAtOnce() => NativeHeapAssert.KeepsNoFreeEndAsync(clock => new TrimNativeHeap(clock), TrimNativeHeap.Interval);

    [Fact]
    public void Service_HasIt() => Assert.Single(gateway.App.Services.GetServices<IHostedService>().OfType<TrimNativeHeap>());
}
