using FrontDoor.TestKit;
using FrontDoor.TokenService.Storage;
using FrontDoor.TokenService.Users;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Xunit;

namespace FrontDoor.TokenService.Tests;

/// <summary>Looks behind the service: reads and changes its database as an administrator would.</summary>
internal static class Rows
{
    public static async Task<T> QueryAsync<T>(this TokenServiceApp app, Func<TokenDb, Task<T>> query)
    {
        await using var scope = app.Services.CreateAsyncScope();
        return await query(scope.ServiceProvider.GetRequiredService<TokenDb>());
    }

    /// <summary>Makes a user of the test's own, so that changing it disturbs no other test.</summary>
    public static async Task<string> AddUserAsync(this TokenServiceApp app, string password = TokenServiceApp.Password)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var name = "u" + Guid.NewGuid().ToString("N");
        var user = new User { UserName = name, Email = Email(name) };
        var made = await scope.ServiceProvider.GetRequiredService<UserManager<User>>().CreateAsync(user, password);
        Assert.True(made.Succeeded, made.ToString());
        return name;
    }

    /// <summary>The address of a user made by <see cref="AddUserAsync"/>.</summary>
    public static string Email(string userName) => $"{userName}@example.com";

    public static async Task TakeRoleAsync(this TokenServiceApp app, string userName, string role)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        Assert.True((await users.RemoveFromRoleAsync((await users.FindByNameAsync(userName))!, role)).Succeeded);
    }

    public static async Task DisableAsync(this TokenServiceApp app, string userName) => Assert.Equal(1, await app.QueryAsync(db =>
        db.Users.Where(u => u.UserName == userName).ExecuteUpdateAsync(set => set.SetProperty(u => u.IsActive, false))));

    public static async Task GiveRoleAsync(this TokenServiceApp app, string userName, string role)
    {
        await using var scope = app.Services.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var roles = scope.ServiceProvider.GetRequiredService<RoleManager<IdentityRole>>();
        if (!await roles.RoleExistsAsync(role)) Assert.True((await roles.CreateAsync(new IdentityRole(role))).Succeeded);
        Assert.True((await users.AddToRoleAsync((await users.FindByNameAsync(userName))!, role)).Succeeded);
    }
}
