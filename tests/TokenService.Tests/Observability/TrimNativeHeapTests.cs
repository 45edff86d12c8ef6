using FrontDoor.TestKit;
using FrontDoor.TokenService.Observability;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Xunit;

namespace FrontDoor.TokenService.Tests.Observability;

public sealed class TrimNativeHeapTests(AppFixture service) : IClassFixture<AppFixture>
{
    [Fact]
    public Task FreedMemory_GoesBackToTheSystemWithinAMinute() => NativeHeapAssert.TrimsAsync(clock => new TrimNativeHeap(clock), TrimNativeHeap.Interval);

    [Fact]
    public Task FreeEndOfAnArena_GoesBackAtOnce() => NativeHeapAssert.KeepsNoFreeEndAsync(clock => new TrimNativeHeap(clock), TrimNativeHeap.Interval);

    [Fact]
    public void Service_HasIt() => Assert.Single(service.App.Services.GetServices<IHostedService>().OfType<TrimNativeHeap>());
}
