// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {MessageHashUtils} from "@openzeppelin/contracts/utils/cryptography/MessageHashUtils.sol";
import {SignatureChecker} from "@openzeppelin/contracts/utils/cryptography/SignatureChecker.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SettlementLedger} from "./SettlementLedger.sol";
import {SignerQuorum} from "./SignerQuorum.sol";

/// @notice Word of the grid: these quantities keep every limit. Signed by a quorum in the ledger's domain.
/// @param checkId keccak256 of "gridwitness/check" and the 16 bytes of the check's UUID
/// @param signerSet set of SignerQuorum that signed
/// @param epoch round epoch
/// @param networkHash network document and switch positions of the check
/// @param intervalStart start of the interval, unix seconds
/// @param intervalEnd end of the interval, unix seconds
/// @param itemsRoot Merkle root over the salted items
/// @param expiresAt last second in which a trade may be opened with it
/// @param dataHash keccak256 of the canonical bytes behind it
struct GridClearance {
    bytes32 checkId;
    uint32 signerSet;
    uint64 epoch;
    bytes32 networkHash;
    uint64 intervalStart;
    uint64 intervalEnd;
    bytes32 itemsRoot;
    uint64 expiresAt;
    bytes32 dataHash;
}

/// @notice Word of the meters: what one cleared trade delivered. Signed by a quorum in the ledger's domain.
/// @param checkId check that cleared the trade
/// @param tradeId trade
/// @param deliveredWh energy that seller and buyer both show
/// @param dataHash keccak256 of the canonical bytes behind it
/// @param epoch round epoch
/// @param signerSet set of SignerQuorum that signed
struct TradeDelivery {
    bytes32 checkId;
    bytes32 tradeId;
    uint64 deliveredWh;
    bytes32 dataHash;
    uint64 epoch;
    uint32 signerSet;
}

/// @notice What seller and buyer agree on, signed by both in this contract's domain.
/// @param checkId check that cleared the trade
/// @param tradeId keccak256 of "gridwitness/trade", the check's UUID and the item's id
/// @param seller receives the money
/// @param buyer brings the money and gets back what is not paid
/// @param energyWh most energy the buyer pays for
/// @param price token base units per kWh (micros of the currency)
/// @param settleBy last second in which a delivery may be settled; afterwards the buyer is refunded
struct TradeTerms {
    bytes32 checkId;
    bytes32 tradeId;
    address seller;
    address buyer;
    uint64 energyWh;
    uint64 price;
    uint64 settleBy;
}

/// @title Settlement of peer-to-peer trades that the grid has cleared
/// @notice A trade is opened with the consent of both parties and a clearance of a quorum that has not
/// expired; the buyer's money for the cleared energy is locked. After the interval a quorum attests what
/// was delivered: the seller gets min(cleared, delivered) times the price, the buyer the rest. Without an
/// attestation in time the buyer gets everything back.
/// @dev Nobody owns this contract, nothing can be changed, paused or withdrawn: what it holds is exactly
/// the sum of the open escrows. Signers, quorum and token are those of the ledger.
contract TradeSettlement is EIP712, ReentrancyGuardTransient {
    using SafeCast for uint256;
    using SafeERC20 for IERC20;

    /// @notice Life of a trade; OPEN is the only state that holds money.
    enum State {
        NONE,
        OPEN,
        SETTLED,
        REFUNDED
    }

    /// @dev Two slots: the numbers in one, the agreement in the other.
    struct Trade {
        uint96 escrow;
        uint64 clearedWh;
        uint64 intervalEnd;
        State state;
        bytes32 terms;
    }

    /// @notice EIP-712 type of a clearance.
    bytes32 public constant CLEARANCE_TYPEHASH = keccak256(
        "GridClearance(bytes32 checkId,uint32 signerSet,uint64 epoch,bytes32 networkHash,uint64 intervalStart,"
        "uint64 intervalEnd,bytes32 itemsRoot,uint64 expiresAt,bytes32 dataHash)"
    );

    /// @notice EIP-712 type of a delivery.
    bytes32 public constant DELIVERY_TYPEHASH = keccak256(
        "TradeDelivery(bytes32 checkId,bytes32 tradeId,uint64 deliveredWh,bytes32 dataHash,uint64 epoch,"
        "uint32 signerSet)"
    );

    /// @notice EIP-712 type of an agreement.
    bytes32 public constant TERMS_TYPEHASH = keccak256(
        "TradeTerms(bytes32 checkId,bytes32 tradeId,address seller,address buyer,uint64 energyWh,uint64 price,"
        "uint64 settleBy)"
    );

    /// @dev Of the ledger's domain.
    bytes32 private constant DOMAIN_TYPEHASH =
        keccak256("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)");
    bytes32 private constant LEDGER_NAME = keccak256("Gridwitness");
    bytes32 private constant LEDGER_VERSION = keccak256("1");

    /// @dev A price is per kWh.
    uint256 private constant WH_PER_KWH = 1000;

    /// @notice Ledger in whose domain the nodes sign.
    address public immutable ledger;

    /// @notice Registry that knows the signers.
    SignerQuorum public immutable quorum;

    /// @notice Token that is escrowed and paid.
    IERC20 public immutable token;

    mapping(bytes32 tradeId => Trade) private _trades;

    /// @notice A cleared trade is agreed on and paid in.
    event TradeOpened(
        bytes32 indexed tradeId,
        bytes32 indexed checkId,
        address indexed seller,
        address buyer,
        uint64 clearedWh,
        uint96 escrow,
        uint64 settleBy
    );

    /// @notice A delivered trade is paid.
    event TradeSettled(
        bytes32 indexed tradeId, uint64 deliveredWh, uint64 paidWh, uint96 paid, uint96 refunded, bytes32 dataHash
    );

    /// @notice A trade without an attested delivery went back to the buyer.
    event TradeRefunded(bytes32 indexed tradeId, uint96 refunded);

    /// @notice Terms, clearance and delivery do not speak of the same check or trade.
    error TradeMismatch(bytes32 expected, bytes32 given);

    /// @notice The clearance has expired.
    error ClearanceExpired(uint64 expiresAt);

    /// @notice The last second for settlement does not lie after the interval.
    error SettleByInvalid(uint64 intervalEnd, uint64 settleBy);

    /// @notice The trade was opened before; each is settled once.
    error TradeNotNew(bytes32 tradeId);

    /// @notice The trade is not open: never opened, settled or refunded.
    error TradeNotOpen(bytes32 tradeId);

    /// @notice A party has not agreed to these terms.
    error ConsentMissing(address party);

    /// @notice The item is not in the cleared items.
    error ItemNotCleared(bytes32 tradeId);

    /// @notice The grid or the terms leave no energy to trade.
    error NothingCleared(bytes32 tradeId);

    /// @notice Less arrived than was sent: such a token cannot be escrowed here.
    error TransferShort(uint256 expected, uint256 arrived);

    /// @notice The interval has not ended.
    error DeliveryTooEarly(uint64 intervalEnd);

    /// @notice The time for settlement is over.
    error SettlementTooLate(uint64 settleBy);

    /// @notice The time for settlement is not over yet.
    error RefundTooEarly(uint64 settleBy);

    /// @param ledger_ ledger whose token, signers and domain are used
    constructor(SettlementLedger ledger_) EIP712("Gridwitness Trade", "1") {
        ledger = address(ledger_);
        quorum = ledger_.quorum();
        token = ledger_.token();
    }

    /// @notice Lock the buyer's money for a cleared trade. Anybody may bring it.
    /// @param terms agreement
    /// @param sellerSignature of the terms; may be empty when the seller calls
    /// @param buyerSignature of the terms; may be empty when the buyer calls
    /// @param clearance word of the grid for the check of the terms
    /// @param certificate q signatures of the clearance, sorted by signer
    /// @param acceptedWh energy that the check accepted
    /// @param salt of the item
    /// @param proof siblings from the item to itemsRoot
    function open(
        TradeTerms calldata terms,
        bytes calldata sellerSignature,
        bytes calldata buyerSignature,
        GridClearance calldata clearance,
        bytes calldata certificate,
        uint64 acceptedWh,
        bytes32 salt,
        bytes32[] calldata proof
    ) external nonReentrant {
        if (terms.checkId != clearance.checkId) revert TradeMismatch(terms.checkId, clearance.checkId);
        if (block.timestamp > clearance.expiresAt) revert ClearanceExpired(clearance.expiresAt);
        if (terms.settleBy <= clearance.intervalEnd) {
            revert SettleByInvalid(clearance.intervalEnd, terms.settleBy);
        }
        Trade storage trade = _trades[terms.tradeId];
        if (trade.state != State.NONE) revert TradeNotNew(terms.tradeId);
        bytes32 digest = hashTerms(terms);
        _requireConsent(terms.seller, digest, sellerSignature);
        _requireConsent(terms.buyer, digest, buyerSignature);
        quorum.requireQuorum(clearance.signerSet, hashClearance(clearance), certificate);
        bytes32 leaf = hashItem(terms.tradeId, terms.seller, terms.buyer, acceptedWh, salt);
        if (!MerkleProof.verifyCalldata(proof, clearance.itemsRoot, leaf)) revert ItemNotCleared(terms.tradeId);
        uint64 clearedWh = acceptedWh < terms.energyWh ? acceptedWh : terms.energyWh;
        if (clearedWh == 0) revert NothingCleared(terms.tradeId);
        uint96 escrow = costOf(clearedWh, terms.price);
        trade.escrow = escrow;
        trade.clearedWh = clearedWh;
        trade.intervalEnd = clearance.intervalEnd;
        trade.state = State.OPEN;
        trade.terms = digest;
        emit TradeOpened(
            terms.tradeId, terms.checkId, terms.seller, terms.buyer, clearedWh, escrow, terms.settleBy
        );
        _pull(terms.buyer, escrow);
    }

    /// @notice Pay what was delivered and give the rest back. Anybody may bring it.
    /// @param terms agreement the trade was opened with
    /// @param delivery word of the meters
    /// @param certificate q signatures of the delivery, sorted by signer
    function settle(TradeTerms calldata terms, TradeDelivery calldata delivery, bytes calldata certificate)
        external
        nonReentrant
    {
        Trade storage trade = _openTrade(terms);
        if (delivery.checkId != terms.checkId) revert TradeMismatch(terms.checkId, delivery.checkId);
        if (delivery.tradeId != terms.tradeId) revert TradeMismatch(terms.tradeId, delivery.tradeId);
        if (block.timestamp < trade.intervalEnd) revert DeliveryTooEarly(trade.intervalEnd);
        if (block.timestamp > terms.settleBy) revert SettlementTooLate(terms.settleBy);
        quorum.requireQuorum(delivery.signerSet, hashDelivery(delivery), certificate);
        uint64 paidWh = delivery.deliveredWh < trade.clearedWh ? delivery.deliveredWh : trade.clearedWh;
        uint96 paid = costOf(paidWh, terms.price);
        uint96 rest = trade.escrow - paid;
        trade.state = State.SETTLED;
        trade.escrow = 0;
        emit TradeSettled(terms.tradeId, delivery.deliveredWh, paidWh, paid, rest, delivery.dataHash);
        if (paid > 0) token.safeTransfer(terms.seller, paid);
        if (rest > 0) token.safeTransfer(terms.buyer, rest);
    }

    /// @notice Give everything back to the buyer when no delivery was attested in time.
    /// @param terms agreement the trade was opened with
    function refund(TradeTerms calldata terms) external nonReentrant {
        Trade storage trade = _openTrade(terms);
        if (block.timestamp <= terms.settleBy) revert RefundTooEarly(terms.settleBy);
        uint96 escrow = trade.escrow;
        trade.state = State.REFUNDED;
        trade.escrow = 0;
        emit TradeRefunded(terms.tradeId, escrow);
        if (escrow > 0) token.safeTransfer(terms.buyer, escrow);
    }

    /// @notice Read a trade; all zero when it was never opened.
    /// @param tradeId trade
    /// @return state 0 never opened, 1 open, 2 settled, 3 refunded
    /// @return escrow money it holds
    /// @return clearedWh energy that can be paid
    /// @return terms digest of the agreement
    function tradeOf(bytes32 tradeId)
        external
        view
        returns (State state, uint96 escrow, uint64 clearedWh, bytes32 terms)
    {
        Trade storage trade = _trades[tradeId];
        return (trade.state, trade.escrow, trade.clearedWh, trade.terms);
    }

    /// @notice EIP-712 digest of a clearance, in the ledger's domain.
    function hashClearance(GridClearance calldata c) public view returns (bytes32) {
        return _ledgerDigest(keccak256(abi.encode(CLEARANCE_TYPEHASH, c)));
    }

    /// @notice EIP-712 digest of a delivery, in the ledger's domain.
    function hashDelivery(TradeDelivery calldata d) public view returns (bytes32) {
        return _ledgerDigest(keccak256(abi.encode(DELIVERY_TYPEHASH, d)));
    }

    /// @notice EIP-712 digest of an agreement, in this contract's domain.
    function hashTerms(TradeTerms calldata t) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(TERMS_TYPEHASH, t)));
    }

    /// @notice Leaf of the items tree; hashed twice, so that no inner node can pass as a leaf.
    function hashItem(bytes32 tradeId, address seller, address buyer, uint64 acceptedWh, bytes32 salt)
        public
        pure
        returns (bytes32)
    {
        return keccak256(bytes.concat(keccak256(abi.encode(tradeId, seller, buyer, acceptedWh, salt))));
    }

    /// @notice Money for an energy, in base units, rounded down.
    /// @param energyWh energy
    /// @param price base units per kWh
    function costOf(uint64 energyWh, uint64 price) public pure returns (uint96) {
        return (uint256(energyWh) * price / WH_PER_KWH).toUint96();
    }

    /// @dev The trade of these terms, when it is open.
    function _openTrade(TradeTerms calldata terms) private view returns (Trade storage trade) {
        trade = _trades[terms.tradeId];
        if (trade.state != State.OPEN) revert TradeNotOpen(terms.tradeId);
        bytes32 digest = hashTerms(terms);
        if (trade.terms != digest) revert TradeMismatch(trade.terms, digest);
    }

    /// @dev Calling is consent; otherwise a signature, also of a contract account (ERC-1271).
    function _requireConsent(address party, bytes32 digest, bytes calldata signature) private view {
        if (msg.sender == party) return;
        if (!SignatureChecker.isValidSignatureNowCalldata(party, digest, signature)) revert ConsentMissing(party);
    }

    /// @dev Only a token that moves exactly what it is told keeps the escrows whole.
    function _pull(address from, uint256 amount) private {
        uint256 before = token.balanceOf(address(this));
        token.safeTransferFrom(from, address(this), amount);
        uint256 arrived = token.balanceOf(address(this)) - before;
        if (arrived != amount) revert TransferShort(amount, arrived);
    }

    /// @dev Computed each time, so that a fork of the chain has its own domain.
    function _ledgerDigest(bytes32 structHash) private view returns (bytes32) {
        bytes32 separator =
            keccak256(abi.encode(DOMAIN_TYPEHASH, LEDGER_NAME, LEDGER_VERSION, block.chainid, ledger));
        return MessageHashUtils.toTypedDataHash(separator, structHash);
    }
}
