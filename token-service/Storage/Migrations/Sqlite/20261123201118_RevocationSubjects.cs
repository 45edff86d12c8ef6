using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace FrontDoor.TokenService.Storage.Migrations.Sqlite
{
    /// <inheritdoc />
    public partial class RevocationSubjects : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateIndex(
                name: "IX_Revocations_Kind_Subject",
                table: "Revocations",
                columns: new[] { "Kind", "Subject" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_Revocations_Kind_Subject",
                table: "Revocations");
        }
    }
}
