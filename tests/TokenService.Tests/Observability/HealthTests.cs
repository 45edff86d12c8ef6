using Xunit;

namespace FrontDoor.TokenService.Tests.Observability;

/// <summary>A lost database is in Storage/LostDatabaseTests.</summary>
public sealed class HealthTests(AppFixture service) : IClassFixture<AppFixture>
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task RunningService_IsHealthy(string path)
    {
        var answer = (await service.Client.GetAsync(path)).Is(200, "Healthy");
        Assert.Contains("no-store", answer.Header("Cache-Control"), StringComparison.Ordinal);
    }
}
