// SPDX-License-Identifier: Apache-2.0
// Measures the gas of peer-to-peer trades with real transactions: a check of 1, 100 and 10,000 items is cleared by 3 of
// 4 signers, one of its trades is opened with the signatures of both parties, settled, and another refunded. Gas is
// deterministic: the figures depend on the contracts only. No target was set; figures are told beside a settlement run.
import { ContractFactory, NonceManager, Wallet, ZeroHash, keccak256, toBeHex } from 'ethers';
import { treeOf } from '../../oracle/verifier/src/merkle.mjs';
import { CLEARANCE, TRADE_DELIVERY, domainSeparator, leafOf, typedDigest } from '../../oracle/verifier/src/typed_data.mjs';
import { deployAll, gasOf, startAnvil } from '../support/anvil.mjs';
import { agree, artefact, certify as sign } from '../support/trade.mjs';

const word = (number) => keccak256(toBeHex(number, 32));

async function openScene(url) {
    const signers = [1, 2, 3, 4].map((n) => new Wallet(word(n)));
    signers.sort((a, b) => (BigInt(a.address) < BigInt(b.address) ? -1 : 1));
    const scene = await deployAll(url, signers.map(({ address }) => address), 10n ** 9n);
    const owner = new NonceManager(new Wallet(word(9), scene.provider));
    await scene.provider.send('anvil_setBalance', [await owner.getAddress(), '0x56bc75e2d63100000']);
    const { abi, bytecode } = artefact('TradeSettlement');
    const trades = await new ContractFactory(abi, bytecode, owner).deploy(scene.address);
    const deployGas = (await trades.deploymentTransaction().wait()).gasUsed;
    const buyer = new Wallet(word(11), scene.provider);
    await scene.provider.send('anvil_setBalance', [buyer.address, '0x56bc75e2d63100000']);
    await gasOf(scene.token.mint(buyer.address, 10n ** 12n));
    await gasOf(scene.token.connect(buyer).approve(await trades.getAddress(), 10n ** 12n));
    return { ...scene, signers, trades, deployGas, buyer, seller: new Wallet(word(10)), domain: domainSeparator(scene.chainId, scene.address.toLowerCase()) };
}

function certify({ signers, domain }, type, message) {
    return sign(signers, typedDigest(domain, type, message));
}

/* Every item of the check is a trade of the same two parties over 4 kWh. */
function makeItems({ seller, buyer }, count) {
    const ids = Array.from({ length: count }, (_, i) => word(1000 + i));
    const leaves = ids.map((id) => leafOf(['bytes32', id], ['address', seller.address], ['address', buyer.address], ['uint64', 4000n], ['bytes32', id]));
    return { ids, tree: treeOf(leaves) };
}

async function openTrade(scene, check, items, index, now) {
    const clearance = {
        checkId: check, signerSet: 1n, epoch: 0n, networkHash: word(5), intervalStart: now + 100n, intervalEnd: now + 1000n,
        itemsRoot: items.tree.root, expiresAt: now + 1000n, dataHash: word(6),
    };
    const terms = {
        checkId: check, tradeId: items.ids[index], seller: scene.seller.address, buyer: scene.buyer.address,
        energyWh: 4000n, price: 220000n, settleBy: now + 2000n,
    };
    const consents = await agree(scene.chainId, await scene.trades.getAddress(), terms, [scene.seller, scene.buyer]);
    const sent = scene.trades.open(terms, ...consents, clearance, certify(scene, CLEARANCE, clearance), 4000n, items.ids[index], items.tree.proof(index));
    return { terms, gas: await gasOf(sent) };
}

async function measure(url, count) {
    const scene = await openScene(url);
    const { provider, trades } = scene;
    const now = BigInt((await provider.getBlock('latest')).timestamp);
    const items = makeItems(scene, count + 2);
    await openTrade(scene, word(7), items, 0, now);
    const first = await openTrade(scene, word(7), items, 1, now);
    const second = await openTrade(scene, word(7), items, 2, now);
    await provider.send('evm_increaseTime', [1200]);
    await provider.send('evm_mine', []);
    const delivery = { checkId: word(7), tradeId: first.terms.tradeId, deliveredWh: 3000n, dataHash: ZeroHash, epoch: 0n, signerSet: 1n };
    const settle = await gasOf(trades.settle(first.terms, delivery, certify(scene, TRADE_DELIVERY, delivery)));
    await provider.send('evm_increaseTime', [1200]);
    await provider.send('evm_mine', []);
    const refund = await gasOf(trades.refund(second.terms));
    provider.destroy();
    return { deploy: scene.deployGas, open: first.gas, settle, refund };
}

async function main() {
    const { child, url } = await startAnvil();
    try {
        console.log(`${'items'.padEnd(10)}${'open'.padStart(10)}${'settle'.padStart(10)}${'refund'.padStart(10)}`);
        for (const count of [1, 100, 10000]) {
            const { deploy, open, settle, refund } = await measure(url, count);
            console.log(`${String(count).padEnd(10)}${String(open).padStart(10)}${String(settle).padStart(10)}${String(refund).padStart(10)}`);
            if (count === 1) console.log(`deploy: ${deploy}`);
        }
    } finally {
        child.kill('SIGTERM');
    }
}

await main();
