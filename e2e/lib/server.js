// Starts `varde serve` on an empty folder, with one token: what a vendor gets who installs it.
import { spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const PROGRAM = process.env.VARDE_BIN ?? fileURLToPath(new URL("../../target/release/varde", import.meta.url));

/** A running installation without people: `origin`, `fhir` (its base URL) and `token`. */
export class Server {
  static async start() {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), "varde-client-"));
    server.token = randomBytes(32).toString("base64url");
    const port = await freePort();
    server.origin = `http://127.0.0.1:${port}`;
    server.fhir = `${server.origin}/fhir`;
    const config = [
      `listen = "127.0.0.1:${port}"`,
      `public_url = "${server.origin}"`,
      'data = "data"',
      "[sign_in]",
      // Nobody signs in here, so nobody needs to answer there.
      'issuer = "http://127.0.0.1:9"',
      'client_id = "varde"',
      'client_secret_file = "secret"',
      "[[tokens]]",
      'name = "Client tests"',
      'role = "source-system"',
      `sha256 = "${createHash("sha256").update(server.token).digest("hex")}"`,
    ];
    await writeFile(join(server.folder, "secret"), "secret\n");
    await writeFile(join(server.folder, "varde.toml"), config.join("\n"));
    server.program = spawn(PROGRAM, ["serve", "--config", join(server.folder, "varde.toml")], { stdio: ["ignore", "ignore", "inherit"] });
    server.gone = new Promise((resolve) => server.program.once("exit", resolve));
    for (let tries = 0; tries < 300; tries += 1) {
      if (server.program.exitCode !== null) throw new Error("the server stopped before it was ready");
      if (await fetch(`${server.origin}/health`).then((answer) => answer.ok, () => false)) return server;
      await pause(50);
    }
    throw new Error("the server was not ready in time");
  }

  async stop() {
    this.program.kill("SIGTERM");
    await this.gone;
    await rm(this.folder, { recursive: true, force: true });
  }
}

async function freePort() {
  const listener = createServer();
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  const { port } = listener.address();
  await new Promise((resolve) => listener.close(resolve));
  return port;
}
