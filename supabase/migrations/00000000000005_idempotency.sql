-- What the key is bound to, once it is bound to this unless it was before.
create or replace function public.falsafa_remember_key(
    the_owner text, the_key text, the_fingerprint text, the_resource text
) returns text
language plpgsql set search_path = '' as $$
declare
    bound public.falsafa_idempotency_keys;
begin
    insert into public.falsafa_idempotency_keys (owner_id, key, fingerprint, resource_id)
    values (the_owner, the_key, the_fingerprint, the_resource)
    on conflict (owner_id, key) do nothing;
    select * into bound from public.falsafa_idempotency_keys k
    where (k.owner_id, k.key) = (the_owner, the_key);
    if bound.fingerprint <> the_fingerprint then
        raise exception using
            errcode = 'FAL04',
            message = 'This Idempotency-Key came with another request. Use a new key.';
    end if;
    return bound.resource_id;
end $$;

select public.falsafa_finish_migration('00000000000005_idempotency');
