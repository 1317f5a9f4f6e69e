-- A lot that becomes available, or is paid with no more, can end again: also when a version writes it that knows nothing of expires_from. Which lot a return gives
-- back is for the next expiry to see. Apart from the column, so that no transaction holds both tables while orders go on.
CREATE FUNCTION account_expires_from() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO account (customer_id, expires_from) VALUES (NEW.customer_id, CASE NEW.kind WHEN 'available' THEN NEW.at ELSE '-infinity' END)
  ON CONFLICT (customer_id) DO UPDATE SET expires_from = excluded.expires_from WHERE account.expires_from IS NULL OR account.expires_from > excluded.expires_from;
  RETURN NULL;
END $$;
CREATE TRIGGER "ledger_entry_expires_from" AFTER INSERT ON "ledger_entry" FOR EACH ROW WHEN (NEW.kind IN ('available', 'returned')) EXECUTE FUNCTION account_expires_from();
