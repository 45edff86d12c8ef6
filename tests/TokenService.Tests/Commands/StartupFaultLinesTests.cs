using System.Data.Common;
using FrontDoor.TokenService.Commands;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Xunit;

namespace FrontDoor.TokenService.Tests.Commands;

public sealed class StartupFaultLinesTests
{
    private static readonly DbException Database = new SqliteException("disk full", 13);

    public static TheoryData<Exception, string[]> Faults => new()
    {
        { new StartupFaultException("mend it"), ["mend it"] },
        { new IOException("no such folder"), ["no such folder"] },
        { new UnauthorizedAccessException("not yours"), ["not yours"] },
        { new InvalidOperationException("odd value"), ["odd value"] },
        { Database, ["The database cannot be reached or used: disk full"] },
        { new DbUpdateException("see inside", Database), ["The database cannot be reached or used: disk full"] },
        { new InvalidOperationException("likely transient", Database), ["The database cannot be reached or used: disk full"] },
        { new InvalidDataException("bad file", new FormatException("outer", new FormatException("line 3"))), ["bad file line 3"] },
        { new OptionsValidationException("", typeof(object), ["one", "two"]), ["one", "two"] },
        { new AggregateException(new OptionsValidationException("", typeof(object), ["one", "two"]), new IOException("three")), ["one", "two", "three"] },
    };

    [Theory]
    [MemberData(nameof(Faults), DisableDiscoveryEnumeration = true)]
    public void FaultThatCanBeMended_IsOneLineEach(Exception fault, string[] lines) => Assert.Equal(lines, StartupFault.Lines(fault));

    [Fact]
    public void UnexpectedFault_IsShownWhole() =>
        Assert.StartsWith("System.DivideByZeroException: bug", Assert.Single(StartupFault.Lines(new DivideByZeroException("bug"))), StringComparison.Ordinal);
}
