// SPDX-License-Identifier: Apache-2.0
// A private anvil with our contracts on it, for tests and benches. No well-known account is used: the owner
// is a key of the test that is given some ether.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ContractFactory, JsonRpcProvider, NonceManager, Wallet, id } from 'ethers';

function artefact(name) {
    return JSON.parse(readFileSync(new URL(`../../oracle/contracts/artifacts/${name}.json`, import.meta.url)));
}

/** Starts anvil on a free port; give `child` a SIGTERM when done. */
export async function startAnvil() {
    const program = new URL('../../tools/chain/anvil', import.meta.url).pathname;
    const child = spawn(program, ['--port', '0', '--accounts', '0'], { stdio: ['ignore', 'pipe', 'inherit'] });
    let text = '';
    for await (const chunk of child.stdout) {
        text += chunk;
        const found = /Listening on (\S+)/.exec(text);
        if (found) {
            child.stdout.destroy();
            return { child, url: `http://${found[1]}` };
        }
    }
    throw new Error('anvil did not start');
}

/** Gas of a transaction that is waited for. */
export async function gasOf(sent) {
    return Number((await (await sent).wait()).gasUsed);
}

async function deploy(owner, name, ...args) {
    const { abi, bytecode } = artefact(name);
    const contract = await new ContractFactory(abi, bytecode, owner).deploy(...args);
    const receipt = await contract.deploymentTransaction().wait();
    return { contract, gas: Number(receipt.gasUsed) };
}

/** Token, registry with one signer set, and a funded ledger. Members ascend. */
export async function deployAll(url, members, funding) {
    const provider = new JsonRpcProvider(url, undefined, { cacheTimeout: -1 });
    provider.pollingInterval = 20;
    const wallet = new Wallet(id('test owner'), provider);
    await provider.send('anvil_setBalance', [wallet.address, '0x56bc75e2d63100000']);
    const owner = new NonceManager(wallet);
    const token = await deploy(owner, 'TestEuro', wallet.address);
    const quorum = await deploy(owner, 'SignerQuorum', wallet.address, members);
    const ledger = await deploy(owner, 'SettlementLedger', token.contract, quorum.contract, wallet.address, wallet.address);
    await gasOf(token.contract.mint(wallet.address, funding));
    await gasOf(token.contract.approve(ledger.contract, funding));
    await gasOf(ledger.contract.fund(funding));
    const { chainId } = await provider.getNetwork();
    return {
        provider, chainId, token: token.contract, quorum: quorum.contract, ledger: ledger.contract,
        address: await ledger.contract.getAddress(), deployGas: { SignerQuorum: quorum.gas, SettlementLedger: ledger.gas },
    };
}
