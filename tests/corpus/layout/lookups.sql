-- Lookups each have a line of their own.
create mapping by_tenant as select o.id,t.shard from shop.orders as o left join lookup.tenants as t on t.tenant_id=o.tenant_id and t.`key`=1 join lookup.regions on regions.id=t.region
where t.shard is not null when not before.status<=>after.status route to t.shard for update,insert;
