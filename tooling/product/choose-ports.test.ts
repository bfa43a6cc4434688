import { expect, it } from 'vitest';
import { choosePorts, freePorts, portSetting } from './choose-ports.ts';

it('takes the default when a variable is absent or empty', () => {
  expect([
    portSetting({}, 'A_PORT', 7),
    portSetting({ A_PORT: ' ' }, 'A_PORT', 7),
    portSetting({ A_PORT: '80' }, 'A_PORT', 7),
  ]).toEqual([7, 7, 80]);
});

it.each(['0', '65536', '80.5', 'http', '-1'])('refuses "%s" as a port', (text) => {
  expect(() => portSetting({ GATEWAY_PORT: text }, 'GATEWAY_PORT', 1)).toThrow(
    `GATEWAY_PORT must be a port from 1 to 65535, not "${text}".`,
  );
});

it('refuses one port for two parts', async () => {
  await expect(choosePorts({ GATEWAY_PORT: '4000', CONTROL_PORT: '4000' })).rejects.toThrow('four different ports');
});

it('uses the ports it is given', async () => {
  const { gateway, control, dashboard, sandbox } = await freePorts();
  const chosen = await choosePorts({
    GATEWAY_PORT: String(gateway),
    CONTROL_PORT: String(control),
    DASHBOARD_PORT: String(dashboard),
    SANDBOX_PORT: String(sandbox),
  });
  expect(chosen).toMatchObject({ gateway, control, dashboard, sandbox });
  expect(new Set(Object.values(chosen)).size).toBe(5);
});
