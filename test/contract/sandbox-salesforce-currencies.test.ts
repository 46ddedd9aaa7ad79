import type { Connection } from 'jsforce';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type SalesforceSandbox, startSalesforceSandbox } from '../../src/sandbox/salesforce/index.ts';
import { catchError, codesOf, connect } from './sandbox-salesforce-support.ts';

const deal = { Name: 'Deal', StageName: 'Prospecting', CloseDate: '2026-12-31' };
const CURRENCIES = [
  { isoCode: 'EUR', isCorporate: true },
  { isoCode: 'USD', conversionRate: 1.08 },
  { isoCode: 'JPY', conversionRate: 160.5, decimalPlaces: 0 },
  { isoCode: 'DEM', isActive: false },
];
let sandbox: SalesforceSandbox;
let connection: Connection;

beforeEach(async () => {
  sandbox = await startSalesforceSandbox();
  connection = await connect(sandbox);
});
afterEach(() => sandbox.close());

describe('an org with one currency', () => {
  it('knows no CurrencyType and no CurrencyIsoCode', async () => {
    const { fields } = await connection.describe('Opportunity');

    expect(await catchError(connection.query('SELECT IsoCode FROM CurrencyType'))).toMatchObject({
      errorCode: 'INVALID_TYPE',
    });
    expect(fields.map(({ name }) => name)).not.toContain('CurrencyIsoCode');
    expect(await catchError(connection.create('Opportunity', { ...deal, CurrencyIsoCode: 'EUR' }))).toMatchObject({
      errorCode: 'INVALID_FIELD',
    });
  });

  it('says which one it is (SOAP API guide, getUserInfo)', async () => {
    sandbox.setOrgCurrency('USD');
    sandbox.setTimeZone('Pacific/Auckland');

    expect(await connection.soap.getUserInfo()).toMatchObject({
      organizationMultiCurrency: false,
      orgDefaultCurrencyIsoCode: 'USD',
      userDefaultCurrencyIsoCode: null,
      currencySymbol: '$',
      organizationId: sandbox.orgId,
      userId: sandbox.runAsUserId,
      userTimeZone: 'Pacific/Auckland',
    });
    const { records } = await connection.query('SELECT Id, Name, TimeZoneSidKey FROM Organization');
    expect(records).toMatchObject([{ Id: sandbox.orgId, TimeZoneSidKey: 'Pacific/Auckland' }]);
  });
});

describe('an org with several currencies (Object Reference, CurrencyType)', () => {
  it('lists them, and gives what is there already the corporate one', async () => {
    const { Id } = sandbox.create('Opportunity', deal);

    sandbox.setCurrencies(CURRENCIES);

    const soql = 'SELECT IsoCode, IsActive, IsCorporate, ConversionRate, DecimalPlaces FROM CurrencyType';
    const { records } = await connection.query(`${soql} ORDER BY IsoCode`);
    expect(records).toMatchObject([
      { IsoCode: 'DEM', IsActive: false },
      { IsoCode: 'EUR', IsActive: true, IsCorporate: true, ConversionRate: 1, DecimalPlaces: 2 },
      { IsoCode: 'JPY', ConversionRate: 160.5, DecimalPlaces: 0 },
      { IsoCode: 'USD', IsCorporate: false },
    ]);
    expect(sandbox.get('Opportunity', Id)?.CurrencyIsoCode).toBe('EUR');
  });

  it('gives a record that says none the currency of the user, and keeps the one it says', async () => {
    sandbox.setCurrencies(CURRENCIES, 'USD');

    await connection.create('Opportunity', [deal, { ...deal, CurrencyIsoCode: 'JPY' }]);
    const byPerson = sandbox.create('Opportunity', deal);

    const { records } = await connection.query('SELECT CurrencyIsoCode FROM Opportunity ORDER BY Id');
    expect(records.map(({ CurrencyIsoCode }) => CurrencyIsoCode)).toEqual(['USD', 'JPY', 'EUR']);
    expect(byPerson.CurrencyIsoCode).toBe('EUR');
  });

  it.each(['XXX', 'DEM', 'eur'])('refuses %s, which is unknown or not active', async (CurrencyIsoCode) => {
    sandbox.setCurrencies(CURRENCIES);
    const { Id } = sandbox.create('Opportunity', deal);

    expect(codesOf(await connection.create('Opportunity', [{ ...deal, CurrencyIsoCode }]))).toEqual([
      'INVALID_CURRENCY_ISO',
    ]);
    expect(codesOf(await connection.update('Opportunity', [{ Id, CurrencyIsoCode }]))).toEqual([
      'INVALID_CURRENCY_ISO',
    ]);
  });

  it('describes the field and says so of the user', async () => {
    sandbox.setCurrencies(CURRENCIES, 'USD');

    const { fields } = await connection.describe('Opportunity');
    const field = fields.find(({ name }) => name === 'CurrencyIsoCode');

    expect(field).toMatchObject({ type: 'picklist', length: 3, restrictedPicklist: true, defaultedOnCreate: true });
    expect(field?.picklistValues?.map(({ value, active }) => [value, active])).toContainEqual(['DEM', false]);
    expect(await connection.soap.getUserInfo()).toMatchObject({
      organizationMultiCurrency: true,
      orgDefaultCurrencyIsoCode: null,
      userDefaultCurrencyIsoCode: 'USD',
      currencySymbol: null,
    });
  });

  it('needs a session for it', async () => {
    sandbox.expireSessions();
    const stale = await catchError(connection.soap.getUserInfo());

    expect(stale.message).toMatch(/INVALID_SESSION_ID|refresh/i);
  });
});
