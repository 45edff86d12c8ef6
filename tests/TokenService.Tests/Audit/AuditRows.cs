using System.Linq.Expressions;
using FrontDoor.TestKit;
using FrontDoor.TokenService.Audit;
using Microsoft.EntityFrameworkCore;

namespace FrontDoor.TokenService.Tests.Audit;

/// <summary>Looks into the audit log without the code under test.</summary>
internal static class AuditRows
{
    /// <returns>In the order they were written.</returns>
    public static Task<List<AuditEntry>> AuditAsync(this TokenServiceApp app, Expression<Func<AuditEntry, bool>> which) =>
        app.QueryAsync(db => db.Audit.AsNoTracking().Where(which).OrderBy(e => e.Id).ToListAsync());

    public static Task<string> IdAsync(this TokenServiceApp app, string userName) =>
        app.QueryAsync(db => db.Users.Where(u => u.UserName == userName).Select(u => u.Id).SingleAsync());
}
