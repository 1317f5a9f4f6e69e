import { randomBytes } from 'node:crypto';

/** An object of EasyPost's API, as it is on the wire. */
export type Shape = Record<string, unknown> & { id: string };

export function idOf(prefix: string): string {
  return `${prefix}_${randomBytes(16).toString('hex')}`;
}

const at = '2026-11-21T12:00:00Z';

/** Source: https://docs.easypost.com/docs/shipments/rates, "Rate object". */
function rateShape(shipment_id: string, [service, rate, delivery_days]: readonly [string, string, number | null]): Shape {
  return {
    id: idOf('rate'),
    object: 'Rate',
    created_at: at,
    updated_at: at,
    mode: 'test',
    service,
    carrier: 'USPS',
    rate,
    currency: 'USD',
    retail_rate: rate,
    retail_currency: 'USD',
    list_rate: rate,
    list_currency: 'USD',
    delivery_days,
    delivery_date: null,
    delivery_date_guaranteed: false,
    est_delivery_days: delivery_days,
    shipment_id,
    carrier_account_id: 'ca_spec',
  };
}

/** Rates as EasyPost answers them: text with two digits, days that it may not know. */
export function ratesShape(shipmentId: string): readonly Shape[] {
  return (
    [
      ['Priority', '7.37', 1],
      ['Express', '23.75', null],
      ['First', '5.49', 2],
      ['ParcelSelect', '7.22', 2],
    ] as const
  ).map((each) => rateShape(shipmentId, each));
}

/** Whether the account's carriers give rates: they do, they fail to, or there is none of them for the place. */
type Rating = 'up' | 'down' | 'none';

/** A shipment that nothing was bought for. Source: https://docs.easypost.com/docs/shipments, "Shipment object". */
export function shipmentShape(wish: Record<string, unknown>, rating: Rating): Shape {
  const id = idOf('shp');
  const failed = [{ carrier: 'USPS', carrier_account_id: 'ca_spec', type: 'rate_error', message: 'Service availability unknown.' }];
  return {
    id,
    object: 'Shipment',
    created_at: at,
    updated_at: at,
    is_return: false,
    messages: rating === 'down' ? failed : [],
    mode: 'test',
    options: { currency: 'USD', payment: { type: 'SENDER' }, date_advance: 0, label_format: 'PDF' },
    reference: wish['reference'],
    status: 'unknown',
    tracking_code: null,
    batch_id: null,
    batch_status: null,
    batch_message: null,
    customs_info: null,
    from_address: wish['from_address'],
    to_address: wish['to_address'],
    insurance: null,
    order_id: null,
    parcel: {
      id: idOf('prcl'),
      object: 'Parcel',
      length: null,
      width: null,
      height: null,
      predefined_package: null,
      ...(wish['parcel'] as object),
    },
    postage_label: null,
    rates: rating === 'up' ? ratesShape(id) : [],
    refund_status: null,
    scan_form: null,
    selected_rate: null,
    tracker: null,
    usps_zone: 1,
    forms: [],
    fees: [],
  };
}

/** Source: https://docs.easypost.com/docs/trackers, "Tracker object". */
export function trackerShape(shipment: Shape, trackingCode: string, arrival: string | null): Shape {
  return {
    id: idOf('trk'),
    object: 'Tracker',
    mode: 'test',
    tracking_code: trackingCode,
    status: 'unknown',
    status_detail: 'unknown',
    created_at: at,
    updated_at: at,
    signed_by: null,
    weight: null,
    est_delivery_date: arrival,
    shipment_id: shipment.id,
    carrier: 'USPS',
    tracking_details: [],
    fees: [],
    carrier_detail: null,
    public_url: 'https://track.easypost.com/spec',
    finalized: false,
    is_return: false,
  };
}

/** Source: the same page, "PostageLabel object". The address of the PDF comes once it was asked for. */
export function labelShape(): Shape {
  return {
    id: idOf('pl'),
    object: 'PostageLabel',
    created_at: at,
    updated_at: at,
    date_advance: 0,
    integrated_form: 'none',
    label_date: at,
    label_resolution: 300,
    label_size: '4x6',
    label_type: 'default',
    label_file_type: 'application/pdf',
    label_url: null,
    label_pdf_url: null,
    label_zpl_url: null,
    label_epl2_url: null,
    label_file: null,
  };
}

/** Source: https://docs.easypost.com/docs/errors */
export function errorShape(code: string, message: string): Record<string, unknown> {
  return { error: { code, message, errors: [] } };
}
