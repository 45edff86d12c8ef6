using System.Globalization;
using FrontDoor.TokenService.Storage;
using Xunit;

namespace FrontDoor.TokenService.Tests.Storage;

public sealed class StorageOptionsTests
{
    private static readonly StorageOptionsValidator Validator = new();

    [Fact]
    public void Defaults_AreLegal() => Assert.Empty(Faults(new StorageOptions()));

    [Theory]
    [InlineData("sqlite", null)]
    [InlineData("SQLITE", "Data Source=x.db")]
    [InlineData("postgresql", "Host=db;Database=tokens")]
    public void ProviderOfAnyCase_IsLegal(string provider, string? connection) =>
        Assert.Empty(Faults(new StorageOptions { Provider = provider, ConnectionString = connection }));

    [Fact]
    public void UnknownProvider_NamesTheLegalOnes() =>
        Assert.Equal(["Storage:Provider is 'Oracle'; legal values are Sqlite and PostgreSql"], Faults(new StorageOptions { Provider = "Oracle" }));

    [Theory]
    [InlineData("00:00:00.999")]
    [InlineData("00:00:01.5")]
    [InlineData("00:01:01")]
    public void StatementTimeoutOutsideItsBounds_IsRefused(string timeout) => Assert.Equal(
        [$"Storage:StatementTimeout is {TimeSpan.Parse(timeout, CultureInfo.InvariantCulture)}; legal values are whole seconds from 00:00:01 to 00:01:00"],
        Faults(new StorageOptions { StatementTimeout = TimeSpan.Parse(timeout, CultureInfo.InvariantCulture) }));

    [Theory]
    [InlineData(null)]
    [InlineData(" ")]
    public void PostgreSqlWithoutConnectionString_IsRefused(string? connection) => Assert.Equal(
        ["Storage:ConnectionString is missing; PostgreSQL needs one, e.g. Host=db;Database=tokens;Username=tokens"],
        Faults(new StorageOptions { Provider = "PostgreSql", ConnectionString = connection }));

    [Theory]
    [InlineData("PostgreSql", "postgres://tokens:hunter2@db/tokens")]
    [InlineData("PostgreSql", "Host=db;Pasword=hunter2")]
    [InlineData("PostgreSql", "Host=db;Port=many;Password=hunter2")]
    [InlineData("Sqlite", "tokens.db;hunter2")]
    [InlineData("Sqlite", "Data Source=x;Sauce=hunter2")]
    public void ConnectionStringThatCannotBeRead_IsRefusedWithoutShowingIt(string provider, string connection)
    {
        var fault = Assert.Single(Faults(new StorageOptions { Provider = provider, ConnectionString = connection }));
        Assert.StartsWith($"Storage:ConnectionString cannot be read by {provider}: ", fault, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", fault, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', fault);
    }

    [Fact]
    public void SeveralFaults_AreAllReported() => Assert.Equal(
        ["Storage:Provider is ''; legal values are Sqlite and PostgreSql", "Storage:PasswordFile names a file that does not exist: /absent", "Storage:DataDirectory is empty"],
        Faults(new StorageOptions { Provider = "", PasswordFile = "/absent", DataDirectory = "" }));

    private static IEnumerable<string> Faults(StorageOptions options) => Validator.Validate(null, options).Failures ?? [];
}
